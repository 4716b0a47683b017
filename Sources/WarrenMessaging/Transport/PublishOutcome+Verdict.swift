package import AMQPMessages

extension PublishOutcome {
    /// The meaning of an outcome for a sender that wants the message to arrive.
    package enum Verdict: Sendable, Hashable {
        case confirmed
        /// There is no queue, or no exchange. There may be one later.
        case missing(code: Int, text: String)
        /// A queue is full or broken.
        case full
        /// The sender may not publish there.
        case denied(text: String)
        /// The body is larger than the limit of this side, or than the broker's.
        case tooLarge(bytes: Int, limit: Int)
        /// The message cannot be written as AMQP, or the broker refuses its content: the broker closes channels over
        /// it.
        case invalid(code: Int, text: String)
        /// The broker does not confirm it, although the connection works: it may have arrived or not.
        case unconfirmed(after: Duration)
        case unknown(reason: String)
    }

    /// A broker's code for a frame that it cannot read.
    private static var frameError: Int { 501 }

    package var verdict: Verdict {
        switch self {
        case .confirmed: .confirmed
        case .refused: .full
        case .tooLarge(let bytes, let limit): .tooLarge(bytes: bytes, limit: limit)
        // Nothing was sent, so no queue has the message, and sending it again cannot help.
        case .invalid(let reason): .invalid(code: Self.frameError, text: reason)
        case .unconfirmed(let patience): .unconfirmed(after: patience)
        case .unknown(let reason): .unknown(reason: reason)
        case .returned(let code, let text), .rejected(let code, let text):
            switch code {
            case 312, 313, 404: .missing(code: code, text: text)
            case 403: .denied(text: text)
            default: .invalid(code: code, text: text)
            }
        }
    }
}
