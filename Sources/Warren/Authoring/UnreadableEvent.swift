/// The treatment of an external event that is not of the type that a wait declares.
///
/// Any client may raise an event, and a running instance should not end because one sent a text where a number is
/// expected.
public struct UnreadableEvent: Sendable, Hashable {
    private enum Kind {
        case setAside, thrown
    }

    private let kind: Kind

    /// The event becomes a dead letter with the reason, a console line reports it, and the wait continues. The default.
    public static let setAside = UnreadableEvent(kind: .setAside)
    /// The event ends the wait: it throws `WarrenError` with code `payloadNotDecodable`.
    public static let thrown = UnreadableEvent(kind: .thrown)
}
