/// The outcome of a publish.
package enum PublishOutcome: Sendable, Hashable {
    /// Every queue to which the message was routed has it safely.
    case confirmed
    /// No queue has it: it was mandatory and no queue took it (312, 404), or it cannot be sent at all. The code gives
    /// the reason, see ``verdict``.
    case returned(code: Int, text: String)
    /// The broker refused it (`basic.nack`): a queue is full or broken. It is not certain that any queue has it.
    case refused
    /// The connection or channel ended first: the message may have arrived or not.
    case unknown(reason: String)
}
