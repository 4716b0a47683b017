import Testing

@Suite("WarrenManagement")
struct WarrenManagementTests {
    @Test("is there")
    func there() {}
}
