/// What became of a published message.
package enum ConfirmOutcome: Sendable, Hashable {
    /// Every queue it was routed to has it safe.
    case confirmed
    /// Mandatory, and no queue took it (312), or its exchange does not exist (404). Nothing holds it.
    case returned(code: Int, text: String)
    /// `basic.nack`: a queue refused it or failed.
    case refused
    /// It cannot be written as AMQP; nothing was sent.
    case invalid(reason: String)
    /// Channel or connection ended first: it may have arrived or not. Publish it again.
    case unknown(reason: String)
}
