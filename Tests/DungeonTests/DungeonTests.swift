import Testing

@Suite("Dungeon")
struct DungeonTests {
    @Test("is there")
    func there() {}
}
