import Testing

@testable import WarrenBench

@Suite("What becomes of a load", .timeLimit(.minutes(5)))
struct LoadProgressTests {
    @Test("No more items are under way than may be, and each is published once")
    func window() {
        var progress = LoadProgress(count: 5, inFlight: 2)
        #expect(progress.next() == 0..<2)
        #expect(progress.next() == 2..<2)
        progress.finish(1, at: .now)
        #expect(progress.next() == 2..<3)
        progress.finish(0, at: .now)
        progress.finish(2, at: .now)
        #expect(progress.next() == 3..<5)
        #expect(!progress.isOver)
    }

    @Test("It is over when every item has come to its end, in any order")
    func end() {
        var progress = LoadProgress(count: 3, inFlight: 10)
        _ = progress.next()
        for index in [2, 0, 1] {
            #expect(!progress.isOver)
            progress.finish(index, at: .now)
        }
        #expect(progress.isOver)
        #expect(progress.fault == nil)
        #expect(progress.latencies.count == 3)
    }

    @Test("A second answer to an item is a duplicate")
    func duplicate() {
        var progress = LoadProgress(count: 3, inFlight: 3)
        _ = progress.next()
        progress.finish(1, at: .now)
        progress.finish(1, at: .now)
        #expect(progress.isOver)
        #expect(progress.fault?.code == .duplicated)
    }

    @Test("An answer to what was not published is wrong")
    func unpublished() {
        var progress = LoadProgress(count: 3, inFlight: 1)
        _ = progress.next()
        progress.finish(1, at: .now)
        #expect(progress.fault?.code == .wrong)
    }

    @Test("The first fault is the one that counts")
    func firstFault() {
        var progress = LoadProgress(count: 1, inFlight: 1)
        progress.fail(BenchError(.broker, "first"))
        progress.fail(BenchError(.wrong, "second"))
        #expect(progress.fault?.message == "first")
    }
}
