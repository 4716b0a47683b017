import Warren
import WarrenPartition
import WarrenStorage

/// Records what a partition is doing, in case its process dies over it.
///
/// `@unchecked Sendable`: used by the partition's loop alone, and by one loop after the other; questions have places of
/// their own in the record, and use nothing else that is not locked.
final class CrashGuard: @unchecked Sendable {
    let ledger: CrashLedger
    private let partition: Int
    private var isTrial = false

    init(_ ledger: CrashLedger, partition: Int) {
        self.ledger = ledger
        self.partition = partition
    }

    /// Records that the partition works on this subject from now on.
    func enter(_ subject: String) {
        if !isTrial, !ledger.isOver { ledger.record.set(FlightRecord.Mark(subject: subject), of: partition) }
    }

    /// Records that the partition rests.
    func leave() {
        if !isTrial { ledger.record.clear(partition) }
    }

    /// Answers a question, beside the partition's other work. If the process dies over it, that is on record.
    ///
    /// - Parameter place: the question's place among those that are answered at once; no other question has it
    ///   meanwhile.
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

    /// Runs a suspect's work. If the process dies over it, that is on record.
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
