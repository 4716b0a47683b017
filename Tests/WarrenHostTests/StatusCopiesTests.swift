import Testing
import Warren

@testable import WarrenHost
@testable import WarrenPartition

@Suite("Statuses that are kept in memory", .timeLimit(.minutes(1)))
struct StatusCopiesTests {
    private func status(_ id: String, input: String = "1") -> OrchestrationStatus {
        OrchestrationStatus(
            name: "Echo", instanceID: id, executionID: "e", runtimeStatus: .running,
            createdAt: Timestamp(microseconds: 0), lastUpdatedAt: Timestamp(microseconds: 0),
            input: Payload(json: input))
    }

    private func keep(_ id: String, _ key: Int64, input: String = "1", in copies: StatusCopies) {
        copies.end(copies.begin(), (StatusCopy(status(id, input: input)), key))
    }

    private func step(_ instances: Int64..., purged: Int64...) -> StepMemory {
        var memory = StepMemory()
        memory.instances = Set(instances)
        memory.purged = purged
        return memory
    }

    @Test("A status is kept until a step changes or purges its instance, and no other one is lost by that")
    func untilItChanges() {
        let copies = StatusCopies()
        #expect(copies.copy(of: "a") == nil)
        for (key, id) in ["a", "b", "c"].enumerated() { keep(id, Int64(key), in: copies) }
        #expect(copies.copy(of: "a")?.status == status("a"))
        copies.changed(step(0, 7))
        #expect(copies.copy(of: "a") == nil)
        #expect(copies.copy(of: "b") != nil)
        copies.changed(step(purged: 1))
        #expect(copies.copy(of: "b") == nil)
        #expect(copies.copy(of: "c") != nil)
        keep("a", 0, input: "2", in: copies)
        #expect(copies.copy(of: "a")?.status.input?.json == "2")
        // What a worker reports of an activity is shown, too.
        var report = StepMemory()
        report.leased = [2]
        copies.changed(report)
        #expect(copies.copy(of: "c") == nil)
        #expect(copies.copy(of: "a") != nil)
    }

    @Test("An instance that is started again after a purge, under another key, has no copy from before")
    func underAnotherKey() {
        let copies = StatusCopies()
        keep("a", 1, in: copies)
        copies.changed(step(purged: 1))
        keep("a", 2, input: "2", in: copies)
        copies.changed(step(1))
        #expect(copies.copy(of: "a")?.status.input?.json == "2")
        copies.changed(step(2))
        #expect(copies.copy(of: "a") == nil)
    }

    @Test("What was read while a step became durable is kept only if the step is about another instance")
    func duringAStep() {
        let copies = StatusCopies()
        // The copies are empty: the step has to see the readings nevertheless.
        let (first, second, third) = (copies.begin(), copies.begin(), copies.begin())
        copies.changed(step(1))
        copies.changed(step(purged: 2))
        copies.end(first, (StatusCopy(status("a")), 1))
        copies.end(second, (StatusCopy(status("b")), 2))
        copies.end(third, (StatusCopy(status("c")), 3))
        #expect(copies.copy(of: "a") == nil)
        #expect(copies.copy(of: "b") == nil)
        #expect(copies.copy(of: "c") != nil)
        // A reading that begins later sees the step.
        keep("a", 1, in: copies)
        #expect(copies.copy(of: "a") != nil)
        // A reading without a result leaves nothing behind.
        copies.end(copies.begin(), nil)
        copies.changed(step(1, 3))
        #expect(copies.copy(of: "a") == nil && copies.copy(of: "c") == nil)
    }

    @Test("Of two readings at the same time neither is kept: the one that ends last may be the older one")
    func twoReadings() {
        let copies = StatusCopies()
        let (first, second) = (copies.begin(), copies.begin())
        copies.end(second, (StatusCopy(status("a", input: "2")), 1))
        #expect(copies.copy(of: "a") != nil)
        copies.end(first, (StatusCopy(status("a")), 1))
        #expect(copies.copy(of: "a") == nil)
        keep("a", 1, in: copies)
        #expect(copies.copy(of: "a") != nil)
    }

    @Test("The partitions of a host share one bound: the one with the most gives up what was not asked for lately")
    func oneBound() {
        let budget = StatusBudget(mostBytes: 256 << 10)
        let small = StatusCopies(budget)
        var large: [StatusCopies] = (0..<3).map { _ in StatusCopies(budget) }
        keep("small", 1, in: small)
        for (partition, copies) in large.enumerated() {
            for number in 0..<500 {
                keep("\(partition)-\(number)", Int64(number), in: copies)
                #expect(large.reduce(small.cost) { $0 + $1.cost } <= budget.mostBytes)
            }
        }
        #expect(large.allSatisfy { $0.cost > 0 })
        #expect(small.copy(of: "small") != nil)
        // A partition alone uses what the others leave when they are closed.
        large.removeLast(2)
        for number in 500..<1000 { keep("0-\(number)", Int64(number), in: large[0]) }
        #expect(large[0].cost > budget.mostBytes / 2 && large[0].cost + small.cost <= budget.mostBytes)
        #expect(small.copy(of: "small") != nil)
    }

    @Test("Memory is bounded: what nobody asks for goes first, and what is large is not kept")
    func bounds() {
        let copies = StatusCopies()
        keep("large", -1, input: #""\#(String(repeating: "x", count: 100_000))""#, in: copies)
        #expect(copies.copy(of: "large") == nil)
        keep("asked", -2, in: copies)
        for number in 0..<20_000 {
            keep("other-\(number)", Int64(number), in: copies)
            if number % 100 == 0 { #expect(copies.copy(of: "asked") != nil) }
        }
        let kept = (0..<20_000).filter { copies.copy(of: "other-\($0)") != nil }
        #expect((1000...4100).contains(kept.count), "\(kept.count)")
        #expect(kept.contains(19_999) && !kept.contains(0))
        // A copy that was dropped for room is no longer known by its key, and those that are kept still go.
        copies.changed(step(0, 19_999))
        #expect(copies.copy(of: "other-19999") == nil)
        #expect(copies.copy(of: "asked") != nil)
    }

    @Test("A form of a status is made once for each kind of form")
    func forms() {
        let copy = StatusCopy(status("a"))
        #expect(copy.form { $0.instanceID } == "a")
        #expect(copy.form { _ in "b" } == "a")
        #expect(copy.form { _ in 3 } == 3)
        #expect(copy.form { _ in 4 } == 3)
    }
}
