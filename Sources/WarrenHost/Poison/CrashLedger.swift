import Logging
import Synchronization
import Warren
import WarrenStorage
import WarrenSupport

/// A host's memory of what its processes died over, shared by its partitions: a start without any ID may arrive at
/// another partition at every delivery.
final class CrashLedger: Sendable {
    /// The age from which a process does not count as killed by the work that it found at its start.
    static let probation = Duration.seconds(60)

    let record: FlightRecord
    private let list: Mutex<SuspectList>
    private let isSuspecting: Atomic<Bool>
    private let isSuspectingOperations: Atomic<Bool>
    private let isEnded = Atomic(false)
    private let start: Timestamp
    /// Knows which operations of entities run.
    let operations: OperationGuard

    /// Reads the record that the last process left.
    init(_ record: FlightRecord, limit: Int, now: Timestamp, logger: Logger) {
        self.record = record
        start = now
        let known = record.suspects.filter { !OperationGuard.isOld($0, now: now) }
        var list = SuspectList(known, limit: limit)
        // A death in the midst of other work, which is tried alone, too, says little of an operation.
        let isAmongOthers = !(record.marks.isEmpty && record.questionMarks.isEmpty && record.readMarks.isEmpty)
        let operationMarks = record.operationMarks
        for (partition, mark) in record.marks {
            let suspect = list.noteDeath(at: mark, now: now)
            // The order matters: a death should rather be counted twice than not at all.
            record.suspects = list.suspects
            record.clear(partition)
            logger.warning(
                "The last process ended in the middle of this; it is handled alone now",
                metadata: [
                    LogKey.instance: "\(mark.subject)", LogKey.partition: "\(partition)",
                    LogKey.deaths: "\(suspect.deaths)",
                    LogKey.alone: "\(mark.isAlone)",
                ])
        }
        for mark in record.questionMarks + record.readMarks {
            let suspect = list.noteDeath(at: mark, now: now)
            logger.warning(
                "The last process ended while it answered this question",
                metadata: [LogKey.question: "\(mark.subject)", LogKey.deaths: "\(suspect.deaths)"])
        }
        for mark in operationMarks {
            let deaths =
                mark.isAlone
                ? list.noteDeath(ofOperation: mark, isAmongOthers: isAmongOthers, now: now).deaths : 0
            logger.warning(
                "The last process ended while this operation of an entity ran; operations run one at a time now",
                metadata: [
                    LogKey.instance: "\(OperationGuard.entity(of: mark.subject))", LogKey.deaths: "\(deaths)",
                    LogKey.alone: "\(mark.isAlone)",
                ])
        }
        record.suspects = list.suspects
        record.clearQuestions()
        record.clearOperations()
        operations = OperationGuard(record, isCareful: !operationMarks.isEmpty, start: now)
        isSuspecting = Atomic(Self.isSuspecting(list))
        isSuspectingOperations = Atomic(Self.isSuspectingOperations(list))
        self.list = Mutex(list)
    }

    /// Whether the process ends because it was asked to: work that runs then is not the cause of its end.
    var isOver: Bool { isEnded.load(ordering: .relaxed) }

    /// Notes that the process ends in order, or in such order as the grace period allowed.
    func end() {
        isEnded.store(true, ordering: .relaxed)
        for (partition, _) in record.marks { record.clear(partition) }
        record.clearQuestions()
        operations.stop()
    }

    /// Whether the loops of partitions have anything to heed. Operations of entities are heeded where they run.
    private static func isSuspecting(_ list: SuspectList) -> Bool {
        !list.suspects.allSatisfy { OperationGuard.isOperation($0.subject) }
    }

    private static func isSuspectingOperations(_ list: SuspectList) -> Bool {
        list.suspects.contains { OperationGuard.isOperation($0.subject) }
    }

    /// Whether anything is under suspicion. This is rare; otherwise only marks are written.
    var hasSuspects: Bool { isSuspecting.load(ordering: .relaxed) }

    /// Whether an operation of an entity is under suspicion.
    var hasSuspectedOperations: Bool { isSuspectingOperations.load(ordering: .relaxed) }

    /// Decides what to do with an operation of an entity.
    func verdict(onOperation subject: String, culprit: UInt64) -> SuspectList.Verdict {
        guard hasSuspectedOperations else { return .ordinary }
        return list.withLock { $0.verdict(onOperation: subject, culprit: culprit) }
    }

    /// Decides what to do with work for a subject.
    func verdict(on subject: String, isFresh: Bool, culprit: () -> UInt64) -> SuspectList.Verdict {
        list.withLock { $0.verdict(on: subject, isFresh: isFresh, culprit: culprit) }
    }

    /// Whether processes may have died over a subject.
    func isSuspected(_ subject: String) -> Bool {
        hasSuspects && list.withLock { $0.suspects.contains { $0.subject == subject } }
    }

    /// Ends suspicions when the process has lived long enough. An operation may take longer than that before it kills: the
    /// suspicion of one ends when it is survived.
    func endProbation(_ now: Timestamp) {
        if now.duration(since: start) > Self.probation { change { $0.clear { !OperationGuard.isOperation($0) } } }
    }

    /// Changes the list and saves it.
    func change(_ body: (inout SuspectList) -> Void) {
        list.withLock { list in
            body(&list)
            record.suspects = list.suspects
            isSuspecting.store(Self.isSuspecting(list), ordering: .relaxed)
            isSuspectingOperations.store(Self.isSuspectingOperations(list), ordering: .relaxed)
        }
    }
}
