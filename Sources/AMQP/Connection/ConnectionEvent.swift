/// An event of a connection as a whole.
package enum ConnectionEvent: Sendable {
    /// The broker is in a memory or disk alarm and no longer reads from this connection. It reports that at the next
    /// publish, not when the alarm begins.
    case blocked(reason: String)
    /// The alarm has ended.
    case unblocked
    /// The connection has ended; the last event.
    case closed(AMQPError)
}
