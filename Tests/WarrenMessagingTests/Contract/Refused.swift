import AMQPMessages

@testable import WarrenMessaging

/// A message that the intake refuses: why, and which words its sender reads.
struct Refused: Sendable, CustomStringConvertible {
    var message: InboundMessage
    var reason: Refusal.Reason
    var field: String

    var description: String { "\(reason.rawValue): \(message.exchange) '\(message.routingKey)' \(field)" }

    private static func start(
        _ key: String, _ body: String, _ properties: MessageProperties, _ reason: Refusal.Reason, _ field: String
    ) -> Refused {
        Refused(message: .from("shop.start", key, body, properties), reason: reason, field: field)
    }

    private static func start(_ properties: MessageProperties, _ reason: Refusal.Reason, _ field: String) -> Refused {
        start("A", "1", properties, reason, field)
    }

    private static func event(_ key: String, _ reason: Refusal.Reason, _ field: String) -> Refused {
        Refused(message: .from("shop.event", key), reason: reason, field: field)
    }

    private static func control(
        _ key: String, _ body: String, _ reason: Refusal.Reason, _ field: String
    ) -> Refused {
        Refused(message: .from("shop.control", key, body), reason: reason, field: field)
    }

    private static func direct(
        _ body: String, _ properties: MessageProperties, _ reason: Refusal.Reason, _ field: String
    ) -> Refused {
        Refused(message: .from("", "shop.intake", body, properties), reason: reason, field: field)
    }

    private static let json = MessageProperties(contentType: "application/json")
    private static let structured = MessageProperties(contentType: "application/vnd.warren+json")
    private static func headers(_ headers: FieldTable) -> MessageProperties { MessageProperties(headers: headers) }

    static let all: [Refused] = bodies + names + headers + texts + targets + direct

    private static let bodies: [Refused] = [
        start("A", "{", json, .invalidJSON, "byte 1"),
        start("A", String(repeating: "[", count: 65), .init(), .invalidJSON, "nested deeper than 64"),
        start("A", String(repeating: "[", count: 100_000), json, .invalidJSON, "nested deeper than 64"),
        Refused(
            message: InboundMessage(exchange: "shop.start", routingKey: "A", body: [0x22, 0xFF, 0x22]),
            reason: .invalidJSON, field: "UTF-8"),
        Refused(
            message: InboundMessage(exchange: "shop.start", routingKey: "A", body: [0xFF, 0xFE]), reason: .invalidJSON,
            field: "UTF-8"),
        Refused(
            message: InboundMessage(
                exchange: "shop.start", routingKey: "A", body: Array(repeating: 0x20, count: 1 << 20 | 1)),
            reason: .tooLarge, field: "1048577 bytes"),
        start("A", "<a/>", .init(contentType: "application/xml"), .unsupportedContentType, "application/json"),
        start(
            .init(contentType: "application/data"), .unsupportedContentType, "The body is JSON, but the content_type"),
        start("A", "x", .init(contentType: "text/html"), .unsupportedContentType, "'text/html' is not taken"),
        start(.init(contentType: "text/plain; charset=latin1"), .unsupportedContentType, "charset"),
        start(.init(contentEncoding: "gzip"), .unsupportedEncoding, "content_encoding"),
        Refused(
            message: InboundMessage(
                exchange: "shop.start", routingKey: "A",
                properties: .init(
                    contentType: "application/json", contentEncoding: "utf-8",
                    headers: ["compression": "application/x-gzip"]), body: [0x1F, 0x8B, 0x08, 0xFF]),
            reason: .unsupportedEncoding, field: "header 'compression'"),
        start(
            "A", "[]", .init(contentType: "application/cloudevents-batch+json"), .invalidJSON, "batch of cloud events"),
        start(
            "A", #"[{"id":"1","source":"s","data":1},{"data_base64":"AA=="}]"#,
            .init(contentType: "application/cloudevents-batch+json"), .unsupportedContentType, "Element 1"),
        start("A", "[1]", .init(contentType: "application/vnd.masstransit+json"), .invalidJSON, "MassTransit"),
        start(
            "A", #"{"data_base64":"AA=="}"#, .init(contentType: "application/cloudevents+json"),
            .unsupportedContentType,
            "data_base64"),
        control("o-1/terminate", "42", .invalidJSON, "control message"),
        control("o-1/terminate", #"{"reason":1}"#, .invalidJSON, "control message"),
    ]

    private static let names: [Refused] = [
        start("Bill ing", "1", .init(), .badName, "routing key"),
        start("1st", "1", .init(), .badName, "routing key"),
        start(String(repeating: "x", count: 101), "1", .init(), .badName, "1 to 100"),
        start(headers(["warren-name": "a/b"]), .badName, "warren-name"),
        start("", "1", .init(), .badRoutingKey, "routing key"),
        start(headers(["warren-instance-id": "a/b"]), .badInstanceID, "warren-instance-id"),
        start(headers(["warren-instance-id": ""]), .badInstanceID, "1 to 128"),
        start(headers(["warren-instance-id": "@system"]), .badInstanceID, "warren-instance-id"),
        start(headers(["warren-instance-id": "a\u{0}b"]), .badInstanceID, "control characters"),
        start(headers(["warren-instance-id": .string(String(repeating: "ä", count: 65))]), .badInstanceID, "128"),
        event("$x/Go", .badInstanceID, "routing key"),
        event("/Go", .badInstanceID, "routing key"),
        event("a#/Go", .badInstanceID, "routing key"),
        event("o-1/no\u{7}good", .badName, "routing key"),
        event("o-1/\(String(repeating: "x", count: 101))", .badName, "1 to 100 bytes"),
    ]

    private static let headers: [Refused] = [
        start(headers(["warren-instance-id": .table([:])]), .badHeader, "warren-instance-id"),
        start(headers(["warren-instance-id": .bytes([0xFF])]), .badHeader, "warren-instance-id"),
        start(
            headers(["warren-message-id": .string(String(repeating: "m", count: 256))]), .badHeader, "warren-message-id"
        ),
        start(headers(["warren-if-exists": "maybe"]), .badHeader, "'restart'"),
        start(headers(["warren-start-at": "tomorrow"]), .badHeader, "warren-start-at"),
        start(headers(["warren-start-at": "2026-02-30T00:00:00Z"]), .badHeader, "warren-start-at"),
        start(headers(["warren-delay-ms": -1]), .badHeader, "warren-delay-ms"),
        start(headers(["warren-delay-ms": .int64(.max)]), .badHeader, "warren-delay-ms"),
        start(headers(["warren-tag-": "x"]), .badHeader, "warren-tag-"),
        start(.init(headers: ["warren-reply": "later"], replyTo: "reply.a"), .badHeader, "warren-reply"),
        start(
            headers(Dictionary(uniqueKeysWithValues: (0..<65).map { ("h\($0)", FieldValue.int8(1)) })), .tooManyHeaders,
            "65 headers"),
        start(
            headers(["h": .array([.table(["x": .string(String(repeating: "y", count: 32 << 10))])])]), .tooManyHeaders,
            "bytes"),
    ]

    private static let texts: [Refused] = ["\0", "\n", "\u{1B}", "\u{7F}", "\u{85}", "\u{FFFD}"].flatMap { bad in
        [
            start(.init(correlationID: "a\(bad)b"), .badHeader, "'correlation_id'"),
            start(.init(messageID: "a\(bad)b"), .badHeader, "'message_id'"),
            start(.init(appID: "a\(bad)b"), .badHeader, "'app_id'"),
            start(.init(userID: "a\(bad)b"), .badHeader, "'user_id'"),
            start(.init(type: "a\(bad)b"), .badHeader, "'type'"),
            start(headers(["warren-correlation-id": .string(bad)]), .badHeader, "'warren-correlation-id'"),
            start(headers(["warren-message-id": .string(bad)]), .badHeader, "'warren-message-id'"),
        ]
    }

    private static let targets: [Refused] = [
        event("order-42", .badRoutingKey, "<instance>/<event>"),
        event("order-42/", .badRoutingKey, "warren-event"),
        control("order-42", "", .badRoutingKey, "<instance>/<verb>"),
        control("order-42/explode", "", .unknownVerb, "terminate"),
        control("order-42/status", "", .badReplyTo, "reply_to"),
        Refused(
            message: .from("shop.control", "hub/list", "{}", .init(replyTo: "reply.a")), reason: .badHeader,
            field: "warren-partition"),
        Refused(
            message: .from(
                "shop.control", "hub/purge-ended", "{}",
                .init(headers: ["warren-partition": 10_000], replyTo: "reply.a")),
            reason: .badHeader, field: "warren-partition"),
        Refused(
            message: .from(
                "shop.control", "hub/list", "[]", .init(headers: ["warren-partition": 0], replyTo: "reply.a")),
            reason: .invalidJSON, field: "instance query"),
        Refused(
            message: .from("shop.control", "order-42/status", "", .init(replyTo: "shop.intake")), reason: .badReplyTo,
            field: "'reply.'"),
        Refused(message: .from("other.start", "A"), reason: .unknownKind, field: "other.start"),
        Refused(message: .from("acme", "order-42.Approved"), reason: .unknownKind, field: "'warren-op'"),
        Refused(
            message: .from("acme", "A", "1", headers(["warren-op": "explode"])), reason: .unknownVerb, field: "explode"),
        // What a hub tells of must not start anything, however it comes back.
        Refused(
            message: .from("shop.lifecycle", "orchestration.Failed.A", "{}", headers(["warren-name": "A"])),
            reason: .unknownKind, field: "shop.lifecycle"),
        Refused(
            message: .from(
                "acme", "x/y", "{}",
                .init(headers: ["warren-name": "A", "warren-op": "start"], type: "warren.lifecycle")),
            reason: .unknownKind, field: "acme"),
    ]

    private static let direct: [Refused] = [
        direct("1", .init(), .unknownKind, "warren-op"),
        direct("1", headers(["warren-op": "explode"]), .unknownVerb, "explode"),
        direct("1", headers(["warren-op": "start"]), .badRoutingKey, "warren-name"),
        direct("[]", structured, .invalidJSON, "object"),
        direct("{}", structured, .unknownKind, "'op'"),
        direct(#"{"op":"start","name":"a b"}"#, structured, .badName, "'name'"),
        direct(#"{"op":"start","name":"A","instanceId":7}"#, structured, .badHeader, "'instanceId'"),
        direct(#"{"op":"start","name":"A","tags":[]}"#, structured, .badHeader, "'tags'"),
        direct(#"{"op":"start","name":"A","delayMs":1.5}"#, structured, .badHeader, "'delayMs'"),
        direct(#"{"op":"start","name":"A","messageId":"a\u0000b"}"#, structured, .badHeader, "'messageId'"),
        direct(#"{"op":"list","partition":-1}"#, structured, .badHeader, "'partition'"),
    ]
}
