extension PublishOutcome {
    /// What an outcome means for whoever wants the message to arrive.
    package enum Verdict: Sendable, Hashable {
        case confirmed
        /// There is no queue, or no exchange. There may be one later.
        case missing(code: Int, text: String)
        /// A queue is full or broken.
        case full
        /// It may not be published there.
        case denied(text: String)
        /// Its body is larger than is ever offered to the broker, or than the broker takes.
        case tooLarge(bytes: Int, limit: Int)
        /// It cannot be written as AMQP, or the broker refuses it for its own sake: the broker closes channels over it.
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
