import Logging
import Testing
import Warren
import WarrenPartition
import WarrenStorage

@testable import WarrenHost

/// Which operations of entities are blamed for the end of a process.
@Suite("Operations over which processes die", .timeLimit(.minutes(1)))
struct OperationGuardTests {
    private let record = FlightRecord()
    private let start = Timestamp(microseconds: 1)

    private func ledger(limit: Int = 3, at time: Timestamp? = nil) -> CrashLedger {
        CrashLedger(
            record, limit: limit, now: time ?? start, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func operation(_ id: Int64) -> QueuedOperation {
        QueuedOperation(id: id, name: "add", request: EntityRequest(isSignal: true))
    }

    private func entity(_ key: String) -> EntityID { EntityID(name: "account", key: key) }

    private func verdict(_ ledger: CrashLedger, _ key: String, _ id: Int64) -> SuspectList.Verdict {
        ledger.verdict(
            onOperation: OperationGuard.subject(entity(key)), culprit: OperationGuard.culprit(operation(id)))
    }

    /// Begins operation 7 of entity "a" in a process that ends before the operation does.
    private func die(limit: Int) async {
        let ledger = ledger(limit: limit)
        let before = verdict(ledger, "a", 7)
        #expect(before == .ordinary || before == .alone)
        _ = await ledger.operations.begin(entity("a"), operation(7), now: start)
    }

    @Test(
        "One that ran alone each time is taken out at the limit, and the next of its entity is not",
        arguments: [2, 3, 5])
    func alone(limit: Int) async {
        for _ in 0..<limit {
            await die(limit: limit)
        }
        let last = ledger(limit: limit)
        guard case .culprit(let suspect) = verdict(last, "a", 7) else {
            Issue.record("The operation was not taken out.")
            return
        }
        #expect(suspect.deaths == limit)
        #expect(verdict(last, "a", 8) == .alone && verdict(last, "b", 7) == .ordinary)
        // Partitions' loops do not become careful for it.
        #expect(!last.hasSuspects && last.hasSuspectedOperations)
    }

    @Test("Of several that ran at the same time none is blamed; the next process runs them one at a time")
    func crowd() async {
        let first = ledger()
        _ = await first.operations.begin(entity("a"), operation(1), now: start)
        _ = await first.operations.begin(entity("b"), operation(2), now: start)
        #expect(record.operationMarks.map(\.isAlone) == [false, false])

        let second = ledger()
        #expect(!second.hasSuspectedOperations)
        let run = await second.operations.begin(entity("a"), operation(1), now: start)
        async let next = second.operations.begin(entity("b"), operation(2), now: start)
        #expect(record.operationMarks.map(\.subject) == ["@operation:@account@a"])
        second.operations.end(run)
        _ = await next
        #expect(record.operationMarks.map(\.subject) == ["@operation:@account@b"])

        let third = ledger()
        #expect(verdict(third, "b", 2) == .alone && verdict(third, "a", 1) == .ordinary)
        // Whoever survives is not suspected any more.
        third.change {
            $0.survived(
                operation: OperationGuard.subject(entity("b")), culprit: OperationGuard.culprit(operation(2)))
        }
        #expect(!third.hasSuspectedOperations)
    }

    @Test(
        "After a minute operations run beside each other again, and suspicions stay until they are survived, or a day")
    func time() async {
        _ = await ledger().operations.begin(entity("a"), operation(1), now: start)
        let second = ledger()
        let late = start.advanced(by: .seconds(61))
        second.endProbation(late)
        #expect(second.hasSuspectedOperations)
        _ = await second.operations.begin(entity("a"), operation(1), now: late)
        _ = await second.operations.begin(entity("b"), operation(2), now: late)
        #expect(record.operationMarks.count == 2)
        #expect(!ledger(at: start.advanced(by: .seconds(100_000))).hasSuspectedOperations)
    }

    @Test("Deaths beside a partition's work are proof when there are four times as many, unless it ends once")
    func others() async {
        func die() async {
            let ledger = ledger()
            _ = await ledger.operations.begin(entity("a"), operation(1), now: start)
            record.set(FlightRecord.Mark(subject: "order-1"), of: 0)
        }
        for _ in 0..<11 { await die() }
        let eleventh = ledger()
        #expect(verdict(eleventh, "a", 1) == .alone)
        #expect(verdict(eleventh, "b", 1) == .ordinary)
        // The partition's work is under suspicion by itself.
        #expect(eleventh.hasSuspects)
        await die()
        let twelfth = ledger()
        guard case .culprit(let suspect) = verdict(twelfth, "a", 1) else {
            Issue.record("The operation was not taken out.")
            return
        }
        #expect(suspect.deaths == 12 && suspect.culpritDeaths == 0)
        // The entity's next operation is not to blame for that. Its own deaths are counted from the first one on.
        #expect(verdict(twelfth, "a", 2) == .alone)
        func survive(_ id: Int64, _ ledger: CrashLedger) {
            ledger.change {
                $0.survived(
                    operation: OperationGuard.subject(entity("a")), culprit: OperationGuard.culprit(operation(id)))
            }
        }
        // What another operation survives says nothing of this one.
        survive(2, twelfth)
        #expect(twelfth.hasSuspectedOperations)
        survive(1, twelfth)
        #expect(!twelfth.hasSuspectedOperations)
        await die()
        #expect(verdict(ledger(), "a", 1) == .alone)
    }

    @Test("One death beside other work does not spare an operation that dies alone otherwise", arguments: [2, 3, 5])
    func mixed(limit: Int) async {
        for death in 0..<limit {
            await die(limit: limit)
            if death == 0 { record.set(FlightRecord.Mark(subject: "order-1"), of: 0) }
        }
        guard case .culprit = verdict(ledger(limit: limit), "a", 7) else {
            Issue.record("The operation was not taken out.")
            return
        }
    }

    @Test("A process that ends because it was asked to blames no operation")
    func asked() async {
        let first = ledger()
        _ = await first.operations.begin(entity("a"), operation(1), now: start)
        first.end()
        let second = ledger()
        #expect(!second.hasSuspectedOperations)
        second.end()
        // What begins now is cut off by the end of the process.
        _ = await second.operations.begin(entity("b"), operation(2), now: start)
        #expect(record.operationMarks.isEmpty)
        #expect(!ledger().hasSuspectedOperations)
    }

    @Test("More than can be marked run all the same")
    func many() async {
        let ledger = ledger()
        var runs: [OperationGuard.Run] = []
        for id in 0..<Int64(FlightRecord.operationsAtOnce + 5) {
            runs.append(await ledger.operations.begin(entity("\(id)"), operation(id), now: start))
        }
        #expect(record.operationMarks.count == FlightRecord.operationsAtOnce)
        for run in runs { ledger.operations.end(run) }
        #expect(record.operationMarks.isEmpty)
        _ = await ledger.operations.begin(entity("x"), operation(1), now: start)
        #expect(record.operationMarks.map(\.isAlone) == [true])
    }
}
