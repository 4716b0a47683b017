/// The event after which a call that sends a message returns.
public struct Acknowledgement: Sendable, Hashable {
    package enum Kind { case confirmed, accepted }

    package let kind: Kind

    /// The broker has the message safely. The host may not have taken it yet; it need not even be running.
    public static let confirmed = Acknowledgement(kind: .confirmed)
    /// The host has committed the message to the instance's history, or refused it with a reason.
    public static let accepted = Acknowledgement(kind: .accepted)
}
