import Testing
import Warren

@testable import WarrenHost

@Suite("Ages of the rows of an outbox", .timeLimit(.minutes(1)))
struct OutboxAgesTests {
    private static func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

    @Test("The oldest row counts, in whatever order rows go")
    func oldest() {
        var ages = OutboxAges()
        #expect(ages.oldest == nil)
        ages.add(1, count: 2, at: Self.at(10))
        ages.add(3, count: 1, at: Self.at(20))
        ages.add(4, count: 1, at: Self.at(30))
        ages.remove(3)
        #expect(ages.oldest == Self.at(10))
        ages.remove(1)
        #expect(ages.oldest == Self.at(10))
        ages.remove(2)
        #expect(ages.oldest == Self.at(30))
        ages.remove(4)
        #expect(ages.oldest == nil && ages.groupCount == 0)
    }

    @Test("Rows of an earlier process count from the opening, and before all others")
    func recovered() {
        var ages = OutboxAges()
        ages.recovered(2, at: Self.at(100))
        ages.add(8, count: 1, at: Self.at(100))
        #expect(ages.groupCount == 2)
        ages.remove(8)
        ages.remove(5)
        #expect(ages.oldest == Self.at(100))
        ages.remove(7)
        #expect(ages.oldest == nil)
        ages.recovered(0, at: Self.at(200))
        #expect(ages.oldest == nil)
    }

    @Test("The memory is bounded, and no row seems younger than it is")
    func bound() {
        var ages = OutboxAges()
        for row in 0..<5000 { ages.add(Int64(row), count: 1, at: Self.at(Int64(row) * 2)) }
        #expect(ages.groupCount <= OutboxAges.mostGroups)
        for row in 0..<5000 {
            let oldest = ages.oldest ?? Self.at(.max / 1_000_000)
            #expect(oldest <= Self.at(Int64(row) * 2))
            ages.remove(Int64(row))
        }
        #expect(ages.oldest == nil && ages.groupCount == 0)
    }
}
