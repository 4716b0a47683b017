import Testing

@testable import WarrenHost

@Suite("Recent work of a partition", .timeLimit(.minutes(1)))
struct RecentWorkTests {
    private let start = ContinuousClock.now

    @Test("The median and the slowest of a hundred commits are at most a quarter too high, and never too low")
    func quantiles() throws {
        let work = RecentWork(now: start)
        for _ in 0..<98 { work.committed(nanoseconds: 3_000_000, now: start) }
        for _ in 0..<2 { work.committed(nanoseconds: 700_000_000, now: start) }
        let summary = work.summary(now: start + .seconds(10))
        #expect(summary.commits == 100 && summary.seconds == 10)
        #expect((0.003...0.00375).contains(try #require(summary.commitMedian)))
        #expect((0.7...0.875).contains(try #require(summary.commit99)))
    }

    @Test("What is two minutes old is forgotten, whether or not anything happens meanwhile")
    func windows() {
        let work = RecentWork(now: start)
        work.committed(nanoseconds: 1, now: start)
        work.ran(isInMemory: true)
        work.committed(nanoseconds: .max, now: start + .seconds(61))
        work.ran(isInMemory: false)
        let both = work.summary(now: start + .seconds(90))
        #expect(both.commits == 2 && both.seconds == 90 && both.turns == 2 && both.turnsInMemory == 1)
        let last = work.summary(now: start + .seconds(122))
        #expect(last.commits == 1 && last.seconds == 61 && last.turns == 1 && last.turnsInMemory == 0)
        let none = work.summary(now: start + .seconds(1000))
        #expect(none.commits == 0 && none.commitMedian == nil && none.commit99 == nil && none.turns == 0)
    }
}
