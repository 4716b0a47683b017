/// A deliberate bug in the use of a journal, for a simulation that has to find it.
package enum JournalBug: Sendable, CaseIterable {
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
}
