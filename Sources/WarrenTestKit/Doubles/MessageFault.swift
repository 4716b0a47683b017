/// What goes wrong with a message that a test hub's host sends.
public struct MessageFault: Sendable, Hashable {
    private enum Kind {
        case lost
        case confirmationLost
    }

    private let kind: Kind

    /// The message does not arrive, and the host learns that it may not have: it sends it again.
    public static let lost = MessageFault(kind: .lost)
    /// The message arrives, but the host learns only that it may have: it sends it again, so it arrives twice. If it is a
    /// work item, its activity runs twice, with the same idempotency key.
    public static let confirmationLost = MessageFault(kind: .confirmationLost)
}
