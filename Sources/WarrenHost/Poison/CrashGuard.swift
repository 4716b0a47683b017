import Warren
import WarrenMessaging
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
    /// The journal in which trials are noted, for the hosts that take the partition over from this one.
    private var journal: JournaledStore?
    /// When this host took over a partition that it shares with others.
    private var ownedSince: Timestamp?
    private var isProbationOver = false
    private var partitionCount = 1
    /// Whether everything that an earlier process may have died over is handled alone.
    private var isCareful = false
    /// When the store refused a commit first, lately: everything is handled alone until it is known of what.
    private var refusedSince: Timestamp?

    init(_ ledger: CrashLedger, partition: Int) {
        self.ledger = ledger
        self.partition = partition
    }

    /// Begins an ownership of a partition that hosts share: what their processes died over is in its journal.
    func takeOver(_ store: JournaledStore, of partitionCount: Int, at now: Timestamp) {
        journal = store
        ownedSince = now
        isProbationOver = false
        self.partitionCount = partitionCount
        isCareful = store.isCareful
        let deaths = store.trialDeaths
        guard !deaths.isEmpty else { return }
        ledger.change { list in
            for (trial, count) in deaths { list.noteDeaths(count, over: trial.subject, trial.culprit, now: now) }
        }
    }

    /// Whether inputs and alarms are to be handled with regard to what processes may have died over.
    var isWatchful: Bool { isCareful || isRefused || ledger.hasSuspects }

    /// Whether the store refused a commit lately. A trial is survived, then, when its commit is durable.
    var isRefused: Bool { refusedSince != nil }

    /// Notes that the store refused a commit, which is another one's each time: what is in it is not known.
    ///
    /// What a journal has is refused again whatever this host does, so that nothing is tried there.
    func noteRefusal(at now: Timestamp) {
        if journal == nil { refusedSince = refusedSince ?? now }
    }

    /// Notes that the store refused the commit of work that was done alone. The second time is proof.
    func noteRefusal(of subject: String, culprit: UInt64, at now: Timestamp) {
        ledger.change { $0.noteRefusal(of: subject, culprit: culprit, now: now) }
    }

    /// Ends suspicions when the process has lived for long enough.
    func endProbation(_ now: Timestamp) {
        if let refusedSince, now.duration(since: refusedSince) > CrashLedger.probation { self.refusedSince = nil }
        guard let ownedSince else { return ledger.endProbation(now) }
        guard !isProbationOver, now.duration(since: ownedSince) > CrashLedger.probation else { return }
        isProbationOver = true
        // Other partitions' suspects may wait for this host to own those.
        isCareful = false
        ledger.change { [partition, partitionCount] list in
            list.clear {
                !OperationGuard.isOperation($0) && Partitioning.partition(of: $0, count: partitionCount) == partition
            }
        }
    }

    /// Decides what to do with work for a subject.
    func verdict(on subject: String, isFresh: Bool, culprit: () -> UInt64) -> SuspectList.Verdict {
        // What a store refused was taken before, and may come from the broker for the first time.
        let isFresh = isFresh && !isRefused
        let verdict = ledger.verdict(on: subject, isFresh: isFresh, culprit: culprit)
        return verdict == .ordinary && (isCareful || isRefused) && !isFresh ? .alone : verdict
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

    /// Reads an instance for a caller of the process, beside the partition's other work and its questions. If the process
    /// dies over it, that is on record. One instance is read at a time.
    ///
    /// As for a question, the instance is not to blame: what is under suspicion is the reading.
    ///
    /// - Returns: `nil` if processes may have died over this: it is left to a question, which is answered with care.
    func reading<Answer>(_ instanceID: String, _ body: () -> Answer) -> Answer? {
        guard !ledger.isOver else { return body() }
        let subject = "@read:" + instanceID
        guard !ledger.isSuspected(subject) else { return nil }
        ledger.record.setRead(FlightRecord.Mark(subject: subject), of: partition)
        defer { ledger.record.setRead(nil, of: partition) }
        return body()
    }

    /// Runs a suspect's work. If the process dies over it, that is on record.
    func tryAlone(_ subject: String, culprit: UInt64, _ body: () async throws -> Void) async throws {
        let trial = JournalTrial(subject: subject, culprit: culprit)
        let claim = try await journal?.beginTrial(trial)
        var isLeft = true
        // A process that can say so has not died.
        defer { if isLeft, let claim { journal?.leaveTrial(trial, under: claim) } }
        isTrial = true
        ledger.record.set(FlightRecord.Mark(subject: subject, culprit: culprit, isAlone: true), of: partition)
        defer {
            isTrial = false
            ledger.record.clear(partition)
        }
        try await body()
        isLeft = false
        ledger.change { $0.survived(subject, culprit: culprit) }
        ended(subject, culprit)
    }

    /// Notes that nothing dies over this work any more: it was survived, or removed.
    func ended(_ subject: String, _ culprit: UInt64) {
        journal?.endTrial(JournalTrial(subject: subject, culprit: culprit))
    }
}
