package import AMQPMessages
package import Warren

/// A message of the queue `{h}.dead` as shown to people: one of ours, with the reason that a host gave, or one that the
/// broker gave up on.
package struct DeadLetterEntry: Sendable, Hashable {
    /// Distinguishes it from the others as long as it is in the queue: ten hexadecimal digits, computed from its
    /// content.
    package let id: String
    /// A `Refusal.Reason`, or the broker's: `rejected`, `expired`, `delivery_limit`, `maxlen`; `unknown` if none is
    /// given.
    package let reason: String
    package let detail: String
    /// The time of the refusal; `nil` if none is given.
    package let at: Timestamp?
    /// The host that refused it; empty if the broker did.
    package let host: String
    package let partition: Int?
    /// The exchange to which it was published.
    package let exchange: String
    package let routingKey: String
    /// The queue in which the broker gave it up.
    package let queue: String?
    package let userID: String?
    package let deliveryCount: Int?
    /// The kept part of the message.
    package let original: InboundMessage
    /// The size of its body, in bytes.
    package let bodyBytes: Int
    /// The message that a new attempt publishes, or the reason for which there cannot be one.
    package let redrive: Redrive

    /// A new attempt to publish it.
    package enum Redrive: Sendable, Hashable {
        case message(OutboundMessage)
        case impossible(String)
    }

    /// Reads any message of that queue.
    package init(_ message: InboundMessage, hub: TaskHubName) {
        let codec = DeadLetterCodec(hub: hub)
        switch codec.decode(message) {
        case .success(let letter): self.init(letter, codec.redrive(letter))
        case .failure: self.init(givenUp: message, hub: hub)
        }
    }

    private init(_ letter: DeadLetter, _ again: OutboundMessage?) {
        reason = letter.reason
        detail = letter.detail
        at = letter.at
        host = letter.host
        partition = letter.partition
        exchange = letter.original.exchange
        routingKey = letter.original.routingKey
        queue = nil
        userID = letter.userID
        deliveryCount = letter.deliveryCount
        original = letter.original
        bodyBytes = letter.bodyBytes ?? letter.original.body.count
        if let again {
            redrive = .message(again)
        } else if letter.isTaken {
            redrive = .impossible("it was taken, and only its answer is lost")
        } else if letter.bodyBytes != nil {
            redrive = .impossible("its body was too large to be kept whole; its publisher has to send it again")
        } else {
            redrive = .impossible(
                "it was a message between hosts or an answer to one, and nobody waits for it any more")
        }
        id = Self.id(of: letter.original, reason, letter.at)
    }

    /// Reads a message that the broker itself moved to this queue.
    private init(givenUp message: InboundMessage, hub: TaskHubName) {
        let headers = message.properties.headers
        let death = DeadWorkItem.latestDeath(headers["x-death"])
        reason = death?["reason"]?.string ?? headers["x-first-death-reason"]?.string ?? "unknown"
        let queue = death?["queue"]?.string ?? headers["x-first-death-queue"]?.string
        var original = message
        original.exchange = death?["exchange"]?.string ?? headers["x-first-death-exchange"]?.string ?? ""
        if case .array(let keys)? = death?["routing-keys"], let key = keys.first?.string { original.routingKey = key }
        original.properties.headers = DeadLetterCodec.kept(headers).headers
        var at: Timestamp?
        if case .timestamp(let seconds)? = death?["time"], seconds < 1 << 40 {
            at = Timestamp(microseconds: Int64(seconds) * 1_000_000)
        }
        let isWork = headers[WireHeader.activity] != nil || original.exchange == hub.activityExchange
        detail =
            "The broker gave it up in the queue '\(WireRules.excerpt(queue ?? "?"))'."
            + (isWork ? " It was the work item of an activity, which has failed by it." : "")
        self.at = at
        self.queue = queue
        self.original = original
        host = ""
        partition = nil
        exchange = original.exchange
        routingKey = original.routingKey
        userID = message.properties.userID
        deliveryCount = headers["x-delivery-count"]?.integer.map { Int(clamping: $0) }
        bodyBytes = message.body.count
        let intake = [hub.startExchange, hub.eventExchange, hub.entityExchange, hub.controlExchange]
        if intake.contains(original.exchange) {
            var properties = original.properties
            properties.replyTo = nil
            properties.userID = nil
            properties.isPersistent = true
            redrive = .message(
                OutboundMessage(
                    exchange: original.exchange, routingKey: original.routingKey, properties: properties,
                    body: original.body))
        } else {
            redrive = .impossible(
                isWork
                    ? "its activity has failed by it; an instance that is started again asks for the work again"
                    : "it did not come by one of the exchanges that take messages from outside")
        }
        id = Self.id(of: original, reason, at)
    }

    private static func id(of message: InboundMessage, _ reason: String, _ at: Timestamp?) -> String {
        var hash = StableHash()
        hash.add(reason)
        hash.add(at?.microseconds)
        hash.add(message.exchange)
        hash.add(message.routingKey)
        hash.add(message.properties.messageID)
        hash.add(message.properties.correlationID)
        hash.add(message.body)
        let digits = String(UInt64(bitPattern: hash.result), radix: 16)
        return String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(10))
    }

    /// The remedy.
    package var remedy: String { Self.remedy(for: reason) }
}
