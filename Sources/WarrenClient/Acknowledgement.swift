/// When a call that sends a message returns.
public struct Acknowledgement: Sendable, Hashable {
    package enum Kind { case confirmed, accepted }

    package let kind: Kind

    /// When the broker has the message safely. Whether the host takes it is not known yet; it need not even be running.
    public static let confirmed = Acknowledgement(kind: .confirmed)
    /// When the host has committed the message to the instance's history, or refused it with a reason.
    public static let accepted = Acknowledgement(kind: .accepted)
}
