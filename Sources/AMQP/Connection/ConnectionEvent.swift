/// Something that happens to a connection as a whole.
package enum ConnectionEvent: Sendable {
    /// The broker has run into a memory or disk alarm and no longer reads from this connection. It says so at the next
    /// publish, not when the alarm begins.
    case blocked(reason: String)
    /// The alarm is over.
    case unblocked
    /// The connection is over; the last event.
    case closed(AMQPError)
}
