/// Something that happens to a session.
package enum SessionEvent: Sendable {
    /// Connected again, to this endpoint.
    case connected(AMQPConfiguration)
    /// The connection is lost; the session tries to get another.
    case disconnected(AMQPError)
    /// The broker is in an alarm and reads nothing from this connection.
    case blocked(reason: String)
    /// The alarm is over.
    case unblocked

    /// Whether the connection is lost from now on; `nil` if it is as before.
    package var isLoss: Bool? {
        switch self {
        case .connected: false
        case .disconnected: true
        case .blocked, .unblocked: nil
        }
    }
}
