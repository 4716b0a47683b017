import Synchronization
import Warren
import WarrenMessaging

/// Work that a host does alone, because processes may have died over work like it.
struct JournalTrial: Sendable, Hashable {
    /// The instance, or the message without one.
    var subject: String
    /// The hash of the message, timer or lease.
    var culprit: UInt64
}

/// The trials that the owners of a partition note in its journal, with bytes that are no records.
///
/// A trial without an end that is followed by another host's claim is one that a process died over. So hosts that lost
/// their files with the process know of it too.
struct JournalTrials: Sendable {
    enum Note: String {
        case trial
        /// The trial has ended well, or its cause was removed.
        case survived
        /// The trial was broken off, for another reason than the end of the process.
        case left
    }

    /// The number of trials that are remembered.
    private static let most = 64

    private var pending: JournalTrial?
    private var host: String?
    /// The number of processes that died over each.
    private(set) var deaths: [JournalTrial: Int] = [:]

    /// Writes a note that counts only under the claim.
    static func bytes(_ note: Note, _ trial: JournalTrial, under claim: UInt64) -> [UInt8] {
        Array("\(note.rawValue) \(claim) \(trial.culprit) \(trial.subject)".utf8)
    }

    /// Takes bytes that are no record.
    mutating func note(_ bytes: [UInt8], under claim: UInt64) {
        guard bytes.count <= 4096, let first = bytes.first, "tsl".utf8.contains(first) else { return }
        var parts = String(decoding: bytes, as: UTF8.self)
            .split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)[...]
        guard let note = parts.popFirst().flatMap({ Note(rawValue: String($0)) }),
            let writer = parts.popFirst().flatMap({ UInt64($0) }), writer == claim,
            let culprit = parts.popFirst().flatMap({ UInt64($0) }), let subject = parts.popFirst()
        else { return }
        let trial = JournalTrial(subject: String(subject), culprit: culprit)
        switch note {
        case .trial: pending = trial
        case .left: if pending == trial { pending = nil }
        case .survived:
            if pending == trial { pending = nil }
            deaths[trial] = nil
        }
    }

    /// Takes a claim that counts.
    mutating func note(_ claim: JournalClaim) {
        defer { host = claim.host }
        // A host that renews its claim is alive.
        guard claim.host != host, let trial = pending else { return }
        pending = nil
        if deaths.count >= Self.most, deaths[trial] == nil { deaths = [:] }
        deaths[trial, default: 0] += 1
    }
}

extension JournaledStore {
    /// Whether this host claimed the partition in order to handle alone what earlier owners may have died over.
    var isCareful: Bool { around.bug != .carefulWithoutGuard && state.withLock { $0.writer.isCareful } }

    /// The number of processes that died over work that they did alone.
    var trialDeaths: [JournalTrial: Int] {
        around.bug == .carefulWithoutGuard ? [:] : state.withLock { $0.trials.deaths }
    }

    /// Notes a trial, and waits until other hosts will know of it.
    ///
    /// - Returns: the claim under which it was noted.
    func beginTrial(_ trial: JournalTrial) async throws -> UInt64? {
        guard let claim = state.withLock({ $0.writer.owningClaim }) else { return nil }
        try await readBack(JournalTrials.bytes(.trial, trial, under: claim))
        return claim
    }

    /// Notes that a trial was broken off.
    func leaveTrial(_ trial: JournalTrial, under claim: UInt64) {
        around.journal.append([JournalTrials.bytes(.left, trial, under: claim)]) { _ in }
    }

    /// Notes that a trial was survived, or its cause removed.
    func endTrial(_ trial: JournalTrial) {
        guard let claim = state.withLock({ $0.writer.owningClaim }) else { return }
        around.journal.append([JournalTrials.bytes(.survived, trial, under: claim)]) { _ in }
    }
}
