/// An event of a session.
package enum SessionEvent: Sendable {
    /// Connected again, to this endpoint.
    case connected(AMQPConfiguration)
    /// The connection is lost; the session tries to get another.
    case disconnected(AMQPError)
    /// The broker is in an alarm and reads nothing from this connection.
    case blocked(reason: String)
    /// The alarm has ended.
    case unblocked

    /// Whether the event is a loss of the connection; `nil` if it changes nothing about that.
    package var isLoss: Bool? {
        switch self {
        case .connected: false
        case .disconnected: true
        case .blocked, .unblocked: nil
        }
    }
}
