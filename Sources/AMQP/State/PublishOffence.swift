import AMQPMessages

/// The reason for which a published message made the broker close its channel, according to the broker's text.
///
/// The broker names no sequence number, only the exchange or the size; both are enough to find the message.
struct PublishOffence: Hashable {
    private enum Subject: Hashable {
        case exchange(String)
        case size(Int)
    }

    private let subject: Subject
    /// The outcome of the message.
    let outcome: PublishOutcome

    /// Reads the reason of a `channel.close` over a `basic.publish`; `nil` when it names no message.
    ///
    /// RabbitMQ sends `NOT_FOUND - no exchange 'name' in vhost '/'`, `ACCESS_REFUSED - write access to exchange 'name'
    /// in vhost '/' refused for user 'u'` (earlier versions without `write`; for topics `access to topic 'key' in
    /// exchange 'name'`), `PRECONDITION_FAILED - message size 17000002 is larger than configured max size 16777216`.
    ///
    /// - Parameter told: the text for the outcome, if it is not `text`.
    init?(code: Int, text: String, told: String? = nil) {
        switch code {
        case 404:
            guard let name = Self.exchange(in: text) else { return nil }
            self.init(.exchange(name), .returned(code: code, text: told ?? text))
        case 403:
            guard let name = Self.exchange(in: text) else { return nil }
            self.init(.exchange(name), .rejected(code: code, text: text))
        case 406:
            let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
            guard text.contains("message size"), numbers.count == 2, let size = numbers.first, let limit = numbers.last
            else { return nil }
            self.init(.size(size), .tooLarge(bytes: size, limit: limit))
        default: return nil
        }
    }

    private init(_ subject: Subject, _ outcome: PublishOutcome) {
        self.subject = subject
        self.outcome = outcome
    }

    /// The largest body that the broker takes, if the text states it.
    var limit: Int? {
        if case .tooLarge(_, let limit) = outcome { limit } else { nil }
    }

    func isOf(_ message: OutboundMessage) -> Bool {
        switch subject {
        case .exchange(let name): message.exchange == name
        case .size(let size): message.body.count == size
        }
    }

    /// The name after the word `exchange`, in quotes. The default exchange has no name of its own, and is called
    /// `amq.default` in refusals.
    private static func exchange(in text: String) -> String? {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        guard let word = parts.firstIndex(where: { $0.hasSuffix("exchange ") }), word + 2 < parts.count else {
            return nil
        }
        let name = String(parts[word + 1])
        return name == "amq.default" ? "" : name
    }
}
