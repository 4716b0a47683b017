/// What became of a published message.
package enum PublishOutcome: Sendable, Hashable {
    /// Safe with every queue it was routed to.
    case confirmed
    /// Nothing holds it: mandatory, and no queue took it (312, 404), or it cannot be sent at all; the code tells, see
    /// ``verdict``.
    case returned(code: Int, text: String)
    /// The broker refused it (`basic.nack`): a queue is full or broken. Nothing holds it for sure.
    case refused
    /// The connection or channel ended first: it may have arrived or not.
    case unknown(reason: String)
}
