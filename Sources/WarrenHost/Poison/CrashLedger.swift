import Logging
import Synchronization
import Warren
import WarrenStorage

/// A host's memory of what its processes died over, shared by its partitions: a start without any ID may come to
/// another one at every delivery.
final class CrashLedger: Sendable {
    /// A process that has lived for so long did not die over what was there at its start.
    static let probation = Duration.seconds(60)

    let record: FlightRecord
    private let list: Mutex<SuspectList>
    private let isSuspecting: Atomic<Bool>
    private let isEnded = Atomic(false)
    private let start: Timestamp

    /// Reads what the last process left behind.
    init(_ record: FlightRecord, limit: Int, now: Timestamp, logger: Logger) {
        self.record = record
        start = now
        var list = SuspectList(record.suspects, limit: limit)
        for (partition, mark) in record.marks {
            let suspect = list.noteDeath(at: mark, now: now)
            // In this order: a death is rather counted twice than not at all.
            record.suspects = list.suspects
            record.clear(partition)
            logger.warning(
                "The last process ended in the middle of this; it is handled alone now",
                metadata: [
                    "instance": "\(mark.subject)", "partition": "\(partition)", "deaths": "\(suspect.deaths)",
                    "alone": "\(mark.isAlone)",
                ])
        }
        for mark in record.questionMarks {
            let suspect = list.noteDeath(at: mark, now: now)
            logger.warning(
                "The last process ended while it answered this question",
                metadata: ["question": "\(mark.subject)", "deaths": "\(suspect.deaths)"])
        }
        record.suspects = list.suspects
        record.clearQuestions()
        isSuspecting = Atomic(!list.isEmpty)
        self.list = Mutex(list)
    }

    /// Whether the process ends because it was asked to: what runs then is not what it dies over.
    var isOver: Bool { isEnded.load(ordering: .relaxed) }

    /// The process ends in order, or as far in order as the grace period allowed.
    func end() {
        isEnded.store(true, ordering: .relaxed)
        for (partition, _) in record.marks { record.clear(partition) }
        record.clearQuestions()
    }

    /// Whether anything is suspected. Almost never: then nothing but marks is done.
    var hasSuspects: Bool { isSuspecting.load(ordering: .relaxed) }

    /// What to do when something comes for a subject.
    func verdict(on subject: String, isFresh: Bool, culprit: () -> UInt64) -> SuspectList.Verdict {
        list.withLock { $0.verdict(on: subject, isFresh: isFresh, culprit: culprit) }
    }

    /// Ends all suspicions when the process has lived long enough.
    func endProbation(_ now: Timestamp) {
        if now.duration(since: start) > Self.probation { change { $0.clearAll() } }
    }

    /// Changes the list and writes it down.
    func change(_ body: (inout SuspectList) -> Void) {
        list.withLock { list in
            body(&list)
            record.suspects = list.suspects
            isSuspecting.store(!list.isEmpty, ordering: .relaxed)
        }
    }
}
