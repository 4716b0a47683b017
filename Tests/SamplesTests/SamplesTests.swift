import Testing

@Suite("Samples")
struct SamplesTests {
    @Test("is there")
    func there() {}
}
