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
    /// The body is larger than is offered to the broker, or than the broker takes. Nothing holds it.
    case tooLarge(bytes: Int, limit: Int)
    /// The broker closed the channel because of this message: it may not be published (403), or is refused for another
    /// reason that the text tells. Nothing holds it.
    case rejected(code: Int, text: String)
    /// Channel or connection ended first: it may have arrived or not. Publish it again.
    case unknown(reason: String)
}
