import Testing

@testable import WarrenHost

/// A line that expectations can change: their macro takes no mutating calls.
private final class Line {
    private var line: LocalLine<Int>

    init(limit: Int) {
        line = LocalLine(limit: limit)
    }

    var count: Int { line.count }

    func noteFreePlace() { line.noteFreePlace() }
    func add(_ works: ClosedRange<Int>) -> [Int] { Array(line.add(Array(works)[...])) }
    func next(_ count: Int) -> [Int] { (0..<count).compactMap { _ in line.next() } }
    func beginInterval() -> Bool { line.beginInterval() }
    func endInterval() -> [Int] { line.endInterval() }
    func clear() -> [Int] { line.clear() }
}

@Suite("The line for places of the process's own activities", .timeLimit(.minutes(1)))
struct LocalLineTests {
    @Test("Items begin in their order, and those without room are returned")
    func order() {
        let line = Line(limit: 5)
        #expect(line.add(1...3).isEmpty)
        #expect(line.add(4...8) == [6, 7, 8])
        #expect(line.next(2) == [1, 2])
        #expect(line.add(6...9) == [8, 9])
        #expect(line.next(9) == [3, 4, 5, 6, 7])
        #expect(line.count == 0)
    }

    @Test("As many keep waiting as the last interval's pace begins in ten; the last ones go")
    func pace() {
        let line = Line(limit: 1000)
        #expect(!line.beginInterval())
        #expect(line.add(1...100).isEmpty)
        #expect(line.beginInterval())
        #expect(!line.beginInterval())
        #expect(line.next(6) == Array(1...6))
        #expect(line.endInterval() == Array(67...100))
        #expect(line.count == 60)
        // No more come in than that, until a place is free again.
        #expect(line.add(101...103) == [101, 102, 103])
        #expect(line.next(1) == [7])
        #expect(line.add(101...103) == [102, 103])
        #expect(line.next(60).count == 60)
        line.noteFreePlace()
        #expect(line.add(1...1000).isEmpty)
    }

    @Test("In a line in which nothing begins, nothing waits for longer than an interval")
    func standstill() {
        let line = Line(limit: 1000)
        #expect(line.add(1...10).isEmpty)
        #expect(line.beginInterval())
        #expect(line.endInterval() == Array(1...10))
        #expect(!line.beginInterval())
        #expect(line.add(11...12) == [11, 12])
        line.noteFreePlace()
        #expect(line.add(11...12).isEmpty)
        // What began before this interval does not count in it.
        #expect(line.next(1) == [11])
        #expect(line.beginInterval())
        #expect(line.endInterval() == [12])
    }

    @Test("A line that is cleared takes nothing until a place is free")
    func clearing() {
        let line = Line(limit: 10)
        #expect(line.add(1...3).isEmpty)
        #expect(line.clear() == [1, 2, 3])
        #expect(line.add(4...4) == [4])
        line.noteFreePlace()
        #expect(line.add(4...4).isEmpty)
        #expect(line.next(2) == [4])
    }

    @Test("A partition has a bounded number of items, and a bounded number of them runs")
    func share() {
        let share = LocalShare()
        #expect(share.take(8000) == 8000)
        #expect(share.take(8000) == 192)
        #expect(share.take(1) == 0)
        #expect(share.count == 8192)
        share.end()
        #expect(share.take(2) == 1)
        for _ in 0..<2048 { share.beginRun() }
        #expect(share.free == 0)
        share.endRun()
        #expect(share.free == 1)
    }
}
