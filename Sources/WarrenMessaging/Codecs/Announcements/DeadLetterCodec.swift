package import AMQPMessages
package import Warren
import WarrenSupport

/// Encodes and decodes dead letters: `{h}.dead`, routing key = the reason. They have the original body, and the
/// properties of an allowlist; the reason and its details are in `warren-dead-*` headers, because a `basic.reject`
/// cannot carry a reason.
package struct DeadLetterCodec: Sendable {
    /// The kept length, in bytes, of a body that is too large.
    static let keptBody = 4096
    private static let keptDetail = 1024
    private static let keptHeaders = 16 << 10

    /// Facts about a message that kills its host.
    package struct Poison: Sendable, Hashable {
        /// The ID of the instance that the message was for, or a substitute for one without an ID.
        package var subject: String
        /// The number of processes that ended.
        package var deaths: Int
        /// The time at which the first of them was noticed.
        package var since: Timestamp

        package init(subject: String, deaths: Int, since: Timestamp) {
            self.subject = subject
            self.deaths = deaths
            self.since = since
        }
    }

    private let hub: TaskHubName
    private let limits: WireLimits

    package init(hub: TaskHubName, limits: WireLimits = .init()) {
        self.hub = hub
        self.limits = limits
    }

    package func encode(
        _ original: InboundMessage, _ refusal: Refusal, host: String, partition: Int? = nil, at: Timestamp,
        isTaken: Bool = false, poison: Poison? = nil
    ) -> OutboundMessage {
        var (headers, isCut) = Self.kept(original.properties.headers)
        func note(_ name: String, _ value: FieldValue?) {
            headers[WireHeader.deadPrefix + name] = value
        }
        note("reason", .string(refusal.reason.rawValue))
        note("detail", .string(Self.cut(refusal.detail, to: Self.keptDetail)))
        note("at", .string(ISO8601.text(at)))
        note("host", .string(host))
        note("partition", partition.map { .int64(Int64($0)) })
        note("exchange", .string(original.exchange))
        note("routing-key", .string(original.routingKey))
        note("message-id", original.properties.messageID.map { .string($0) })
        note("user-id", original.properties.userID.map { .string($0) })
        note("delivery-count", original.properties.headers["x-delivery-count"]?.integer.map { .int64($0) })
        note("taken", isTaken ? true : nil)
        note("instance", poison.map { .string($0.subject) })
        note("count", poison.map { .int64(Int64($0.deaths)) })
        note("first-seen", poison.map { .string(ISO8601.text($0.since)) })
        note("headers-cut", isCut ? true : nil)
        var body = original.body
        if body.count > limits.maximumBodyBytes || refusal.reason == .tooLarge, body.count > Self.keptBody {
            note("body-bytes", .int64(Int64(body.count)))
            body = Array(body.prefix(Self.keptBody))
        }
        let properties = original.properties
        return OutboundMessage(
            exchange: hub.deadExchange, routingKey: refusal.reason.rawValue,
            properties: MessageProperties(
                contentType: properties.contentType, contentEncoding: properties.contentEncoding, headers: headers,
                isPersistent: true, correlationID: properties.correlationID, messageID: properties.messageID,
                timestamp: properties.timestamp, type: properties.type, appID: properties.appID),
            body: body)
    }

    package func decode(_ message: InboundMessage) -> Result<DeadLetter, Refusal> {
        Result { () throws(Refusal) in
            let fields = MessageFields(message: message)
            func note(_ name: String) -> String { WireHeader.deadPrefix + name }
            guard let at = ISO8601.timestamp(try fields.required(note("at"))) else {
                throw fields.refuse(note("at"), "a time (RFC 3339)")
            }
            var original = message
            original.exchange = try fields.required(note("exchange"))
            original.routingKey = try fields.required(note("routing-key"))
            original.properties.headers = Self.kept(message.properties.headers).headers
            let range: ClosedRange<Int64> = 0...Int64(Int32.max)
            return DeadLetter(
                original: original, reason: try fields.required(note("reason")),
                detail: try fields.text(note("detail"), maximum: 4096) ?? "", at: at,
                host: try fields.text(note("host")) ?? "",
                partition: try fields.integer(note("partition"), in: range).map { Int($0) },
                userID: try fields.text(note("user-id")),
                deliveryCount: try fields.integer(note("delivery-count"), in: range).map { Int($0) },
                bodyBytes: try fields.integer(note("body-bytes"), in: range).map { Int($0) },
                isTaken: try fields.flag(note("taken")) ?? false)
        }
    }

    /// The original message, to be published again to its exchange. It is checked like any other message there.
    ///
    /// `nil` if its body was cut, if it was not published to one of the hub's exchanges, or if it was taken.
    package func redrive(_ letter: DeadLetter) -> OutboundMessage? {
        let intake = [hub.startExchange, hub.eventExchange, hub.entityExchange, hub.controlExchange]
        guard letter.bodyBytes == nil, !letter.isTaken,
            intake.contains(letter.original.exchange)
                || letter.original.exchange.isEmpty && letter.original.routingKey == hub.intakeQueue
        else { return nil }
        return OutboundMessage(
            exchange: letter.original.exchange, routingKey: letter.original.routingKey,
            properties: letter.original.properties, body: letter.original.body)
    }

    /// Keeps our own headers and those of tracing and cloud events; never `CC`, `BCC`, `x-*`. Headers are kept in the
    /// order of their names while there is room: all must fit into one frame. Tables and lists that are nested too deep
    /// are left out.
    static func kept(_ headers: FieldTable) -> (headers: FieldTable, isCut: Bool) {
        var kept: FieldTable = [:]
        var size = 0
        var isCut = false
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) where isKept(name) {
            let value = value.depth > WireLimits.maximumHeaderDepth ? .void : value
            isCut = isCut || value != headers[name]
            size += HeaderSize.bytes(of: [name: value])
            if size > keptHeaders { return (kept, true) }
            kept[name] = value
        }
        return (kept, isCut)
    }

    private static func isKept(_ name: String) -> Bool {
        if name.hasPrefix(WireHeader.deadPrefix) { return false }
        return name.hasPrefix("warren-") || name.hasPrefix("cloudEvents_")
            || ["traceparent", "tracestate", "baggage"].contains(name)
    }

    /// The beginning of a text, cut between characters.
    private static func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var kept = ""
        var size = 0
        for character in text {
            size += character.utf8.count
            if size > bytes { break }
            kept.append(character)
        }
        return kept
    }
}
