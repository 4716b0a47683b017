import WarrenHost

/// A bug that is planted into the surroundings of the product's code.
package enum SimBug: String, Sendable, CaseIterable {
    /// Deliveries are acknowledged on arrival, before any effect of them is durable.
    case ackBeforeCommit
    /// Messages count as confirmed as soon as they are handed over.
    case removedBeforeConfirm
    /// The keys of messages that were taken are not kept.
    case forgottenKey
    /// A timer is lost when the store is opened again.
    case lostTimer
    /// An answered task is opened again.
    case resultTakenTwice
    /// A commit is safe when the broker has confirmed its record.
    case confirmedIsSafe
    /// The records of every claim count.
    case anyClaimCounts
    /// A record counts although one before it is missing.
    case gapCounts
    /// A partition that is opened again goes on under the claim that counted last.
    case sameClaimAfterDoubt
    /// A partition takes inputs before its claim counts.
    case inputsBeforeClaim
    /// A snapshot that a follower offers counts without the owner.
    case offerCounts
    /// A follower takes a record for the next one although one before it is missing.
    case followerPassesGap
    /// A snapshot counts though nobody read it back.
    case unreadSnapshot
    /// A host that claims with care handles everything as usual.
    case carefulWithoutGuard
    /// A schedule that is replayed counts its run, and does not start it.
    case forgottenRun
    /// A host runs instances of every version, whatever its rules say.
    case versionIgnored
    /// A payload counts as stored before it is in the payload folder.
    case payloadStoredLater
    /// A sweep of the payload folder also removes what no row names yet because its message is on its way.
    case sweepsYoung
    /// A sweep of the payload folder removes nothing.
    case sweepsNothing

    /// The plan of a seed in which it can be found; `nil` if there is none for the seed.
    package func plan(seed: UInt64) -> SimPlan? {
        switch self {
        case .forgottenRun: .schedules(seed: seed)
        case .versionIgnored: .versions(seed: seed)
        case .payloadStoredLater, .sweepsYoung, .sweepsNothing: .payloads(seed: seed)
        default: SimPlan(seed: seed)
        }
    }

    /// The invariants that may detect it.
    package var foundBy: Set<String> {
        switch self {
        case .ackBeforeCommit: ["I1"]
        case .removedBeforeConfirm: ["I3"]
        case .forgottenKey: ["I4"]
        case .lostTimer: ["E1", "E2"]
        case .resultTakenTwice: ["I4"]
        case .confirmedIsSafe, .anyClaimCounts, .gapCounts, .sameClaimAfterDoubt, .inputsBeforeClaim:
            ["I1", "I2", "I3", "I4", "I5", "J1", "J2"]
        case .offerCounts, .followerPassesGap: ["I1", "I2", "I3", "I4", "I5", "J1", "J2", "J3"]
        case .unreadSnapshot: ["J3"]
        case .carefulWithoutGuard: ["P1"]
        // One that waits for the end of a run that never begins does not end either.
        case .forgottenRun: ["S1", "E1"]
        case .versionIgnored: ["V1"]
        case .payloadStoredLater, .sweepsYoung: ["L1"]
        case .sweepsNothing: ["L2"]
        }
    }

    /// Whether only hubs with journals can have it.
    package var isOfJournals: Bool { journalBug != nil }

    /// The bug in the use of a journal, if it is one.
    var journalBug: JournalBug? {
        switch self {
        case .confirmedIsSafe: .confirmedIsSafe
        case .anyClaimCounts: .anyClaimCounts
        case .gapCounts: .gapCounts
        case .sameClaimAfterDoubt: .sameClaimAfterDoubt
        case .inputsBeforeClaim: .inputsBeforeClaim
        case .offerCounts: .offerCounts
        case .followerPassesGap: .followerPassesGap
        case .unreadSnapshot: .unreadSnapshot
        case .carefulWithoutGuard: .carefulWithoutGuard
        default: nil
        }
    }
}
