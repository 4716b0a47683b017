/// A fault that can occur in a simulation.
package enum SimFault: String, Sendable, Hashable, CaseIterable {
    /// A message does not reach the broker, and its publisher gets no answer.
    case lost
    /// A message reaches the broker, and its publisher gets no answer.
    case confirmLost
    /// A message arrives twice.
    case duplicate
    /// A queue is full.
    case refused
    /// A delivery goes back to its queue, because the consumer's channel ends.
    case channelLost
    /// An acknowledgement does not arrive: the channel ends first.
    case ackLost
    /// Commits fail.
    case commitFails
    /// Commits are durable, and the process dies before it is notified.
    case deathAfterCommit
    /// The process dies, and commits on their way are lost.
    case deathBeforeCommit
    /// A read fails.
    case readFails
    /// A store cannot be opened.
    case openFails
    case workerDiesBefore
    case workerDiesAfterEffect
    case workerDiesAfterResult
    case workerAnswersTwice
    /// The worker takes a lease, and answers later.
    case workerIsSlow
    /// The worker takes a lease, and never sends anything again.
    case workerFallsSilent
    /// The worker answers after its lease has run out.
    case workerIsLate
    case workerReleases
    /// An executor of orchestrators that answers later does not answer.
    case executorFallsSilent
    case executorAnswersTwice
    /// The disk takes seconds.
    case slowFlush
    /// A row is not what was written, when the store is opened.
    case rowDamaged
    /// A stream confirms a record and does not store it; later ones it stores.
    case streamLoses
    /// A stream does not store a record, and its publisher gets no answer.
    case streamLosesSilently
    case streamRefuses
    /// A record comes behind later ones.
    case streamDelays
    /// A record is stored twice.
    case streamRepeats
    /// A record is stored, and its publisher gets no answer.
    case streamConfirmLost
    /// A record that was on its way when its connection or its process ended is stored after all, later.
    case streamKeepsLate
    /// A reader gets nothing for seconds.
    case streamStands
    /// The file of a partition is damaged when it is opened.
    case fileDamaged
    /// A file cannot be copied.
    case copyFails

    /// The payload folder fails, perhaps in the middle.
    case payloadFails
    /// The process dies while it stores a payload.
    case deathAtPayload

    /// The faults of hubs without journals and without a payload folder.
    static let ofEveryHub = allCases.filter { !$0.isOfJournals && $0 != .payloadFails && $0 != .deathAtPayload }
    static let ofJournals = allCases.filter(\.isOfJournals)

    private var isOfJournals: Bool {
        switch self {
        case .streamLoses, .streamLosesSilently, .streamRefuses, .streamDelays, .streamRepeats, .streamConfirmLost,
            .streamKeepsLate, .streamStands, .fileDamaged, .copyFails:
            true
        default: false
        }
    }
}
