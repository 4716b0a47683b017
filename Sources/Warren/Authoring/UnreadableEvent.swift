/// What becomes of an external event that is not of the type that a wait declares.
///
/// Anybody may raise an event, and a running instance is not to end because a stranger sent a text where it expects a number.
public struct UnreadableEvent: Sendable, Hashable {
    private enum Kind {
        case setAside, thrown
    }

    private let kind: Kind

    /// The event becomes a dead letter that says why, a console line tells of it, and the wait goes on. The default.
    public static let setAside = UnreadableEvent(kind: .setAside)
    /// The event ends the wait: it throws `WarrenError` with code `payloadNotDecodable`.
    public static let thrown = UnreadableEvent(kind: .thrown)
}
