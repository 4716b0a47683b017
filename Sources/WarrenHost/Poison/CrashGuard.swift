import Warren
import WarrenPartition
import WarrenStorage

/// Notes what a partition is doing, in case that its process dies over it.
///
/// `@unchecked Sendable`: used by the partition's loop alone, and by one loop after the other; questions have
/// places of their own in the record, and touch nothing else that is not locked.
final class CrashGuard: @unchecked Sendable {
    let ledger: CrashLedger
    private let partition: Int
    private var isTrial = false

    init(_ ledger: CrashLedger, partition: Int) {
        self.ledger = ledger
        self.partition = partition
    }

    /// From now on the partition works on this.
    func enter(_ subject: String) {
        if !isTrial, !ledger.isOver { ledger.record.set(FlightRecord.Mark(subject: subject), of: partition) }
    }

    /// The partition rests.
    func leave() {
        if !isTrial { ledger.record.clear(partition) }
    }

    /// Answers a question, beside what the partition works on. If the process dies over it, that is on record.
    ///
    /// - Parameter place: which of those that are answered at once; nobody else has the same one meanwhile.
    func answering<Answer>(_ question: PartitionInput, at place: Int, _ body: () -> Answer) -> Answer {
        guard let subject = question.kind.crashSubject, !ledger.isOver else { return body() }
        let culprit = question.kind.crashHash
        ledger.record.setQuestion(
            FlightRecord.Mark(subject: subject, culprit: culprit, isAlone: true), at: place, of: partition)
        defer { ledger.record.setQuestion(nil, at: place, of: partition) }
        let answer = body()
        if ledger.hasSuspects { ledger.change { $0.survived(subject, culprit: culprit) } }
        return answer
    }

    /// Does what a suspect is to do. If the process dies over it, that is on record.
    func tryAlone(_ subject: String, culprit: UInt64, _ body: () async throws -> Void) async rethrows {
        isTrial = true
        ledger.record.set(FlightRecord.Mark(subject: subject, culprit: culprit, isAlone: true), of: partition)
        defer {
            isTrial = false
            ledger.record.clear(partition)
        }
        try await body()
        ledger.change { $0.survived(subject, culprit: culprit) }
    }
}
