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
        case unknown(reason: String)
    }

    /// `content-too-large` of AMQP 0-9-1.
    private static var contentTooLarge: Int { 311 }

    /// The outcome of a message whose body is too large.
    package static func tooLarge(bytes: Int, limit: Int) -> PublishOutcome {
        .returned(
            code: contentTooLarge, text: "CONTENT_TOO_LARGE - message size \(bytes) is larger than max size \(limit)")
    }

    package var verdict: Verdict {
        switch self {
        case .confirmed: return .confirmed
        case .refused: return .full
        case .unknown(let reason): return .unknown(reason: reason)
        case .returned(let code, let text):
            switch code {
            case 312, 313, 404: return .missing(code: code, text: text)
            case 403: return .denied(text: text)
            case Self.contentTooLarge:
                let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
                return .tooLarge(bytes: numbers.first ?? 0, limit: numbers.dropFirst().first ?? 0)
            default: return .invalid(code: code, text: text)
            }
        }
    }
}
