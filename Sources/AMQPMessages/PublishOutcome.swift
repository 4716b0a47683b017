/// The outcome of a publish.
public enum PublishOutcome: Sendable, Hashable {
    /// Every queue to which the message was routed has it safely.
    case confirmed
    /// The message was mandatory and no queue took it (312), or its exchange does not exist (404). No queue has it.
    case returned(code: Int, text: String)
    /// `basic.nack`: a queue is full or failed. It is not certain that any queue has the message.
    case refused
    /// The message cannot be written as AMQP; nothing was sent.
    case invalid(reason: String)
    /// The body is larger than the limit of this side, or than the broker's. No queue has the message.
    case tooLarge(bytes: Int, limit: Int)
    /// The broker closed the channel because of this message: it may not be published (403), or is refused for another
    /// reason that the text gives. No queue has it.
    case rejected(code: Int, text: String)
    /// The broker did not confirm the message in this time, although the connection works: the message may have arrived
    /// or not. Publish it again.
    case unconfirmed(after: Duration)
    /// The channel or the connection ended first: the message may have arrived or not. Publish it again.
    case unknown(reason: String)
}
