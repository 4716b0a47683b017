import AMQPMessages
import TestSupport

@testable import WarrenMessaging

/// Makes messages of every kind that AMQP can carry, the same ones for the same seed.
struct AnyMessage {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A message with anything in it.
    mutating func message() -> OutboundMessage {
        OutboundMessage(
            exchange: text(), routingKey: text(), isMandatory: chance(2), properties: properties(),
            body: (0..<number(40)).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    /// A message to the intake, with one part or another made up.
    mutating func request() -> InboundMessage {
        var message: InboundMessage =
            switch number(10) {
            case 6: .from("shop.control", "order-1/reset", "", .init(headers: ["warren-before-event": .int64(7)]))
            case 7:
                .from(
                    "shop.control", "order-1/restart", "",
                    .init(headers: ["warren-new-instance-id": "order-2", "warren-recursive": true]))
            case 8:
                .from(
                    "shop.event", "order-1/Go", #"{"event":[1],"input":{"a":2}}"#,
                    .init(headers: ["warren-start": "Billing", "warren-start-input": "@members"]))
            case 9: .from("shop.event", "order-1/Go", "3", .init(headers: ["warren-start": "Billing"]))
            case 0: .from("shop.start", "Billing", #"{"a":1}"#)
            case 1: .from("shop.event", "order-1/Go", "true")
            case 2: .from("shop.control", "order-1/terminate", #""why""#)
            case 3: .from("shop.control", "order-1/status", "", .init(replyTo: "reply.a"))
            case 4: .from("shop.control", "hub/list", "{}", .init(headers: ["warren-partition": 1], replyTo: "reply.a"))
            default: .from("", "shop.intake", "1", .init(headers: ["warren-op": "start", "warren-name": "Billing"]))
            }
        for _ in 0..<number(3) {
            switch number(14) {
            case 0: message.properties.correlationID = text()
            case 1: message.properties.messageID = text()
            case 2: message.properties.appID = text()
            case 3: message.properties.userID = text()
            case 4: message.properties.type = text()
            case 5: message.properties.replyTo = chance(2) ? "reply.\(text())" : text()
            case 6: message.routingKey = text()
            case 7: message.properties.headers["warren-instance-id"] = value(depth: 2)
            case 8: message.properties.headers["warren-tag-\(text())"] = value(depth: 1)
            case 9: message.properties.headers["warren-note"] = value(depth: number(40))
            case 10: message.properties.headers["warren-message-id"] = .string(text())
            case 11: message.properties.headers["warren-correlation-id"] = .string(text())
            case 12: message.body = (0..<number(20)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            default: message.properties.headers[text()] = value(depth: number(40))
            }
        }
        return message
    }

    private mutating func properties() -> MessageProperties {
        MessageProperties(
            contentType: optionalText(), contentEncoding: optionalText(), headers: table(depth: number(41)),
            isPersistent: chance(3) ? nil : chance(2), priority: chance(2) ? nil : UInt8(number(256)),
            correlationID: optionalText(), replyTo: optionalText(), expiration: optionalText(),
            messageID: optionalText(), timestamp: chance(2) ? nil : .random(in: .min ... .max, using: &random),
            type: optionalText(), userID: optionalText(), appID: optionalText())
    }

    /// At most 255 bytes: plain, or one that holds every byte sooner or later, read as the client library reads it.
    private mutating func text() -> String {
        switch number(6) {
        case 0: return ["", "a", "order-1", "Billing", "reply.x", "a/b"].randomElement(using: &random) ?? ""
        case 1: return "x" + String(UnicodeScalar(UInt8(number(128)))) + "y"
        case 2: return String(decoding: [UInt8(number(256))], as: UTF8.self)
        default:
            let bytes = (0..<number(60)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private mutating func optionalText() -> String? { chance(3) ? nil : text() }

    private mutating func table(depth: Int) -> FieldTable {
        var table: FieldTable = [:]
        for _ in 0..<(1 + number(3)) { table[text()] = value(depth: depth) }
        return table
    }

    /// Of every type, with tables and lists in each other up to a depth.
    private mutating func value(depth: Int) -> FieldValue {
        if depth > 0 {
            return chance(2) ? .table([text(): value(depth: depth - 1)]) : .array([value(depth: depth - 1), scalar()])
        }
        return scalar()
    }

    private mutating func scalar() -> FieldValue {
        let bits = UInt64.random(in: .min ... .max, using: &random)
        switch number(18) {
        case 0: return .void
        case 1: return .bool(bits & 1 == 0)
        case 2: return .int8(Int8(truncatingIfNeeded: bits))
        case 3: return .uint8(UInt8(truncatingIfNeeded: bits))
        case 4: return .int16(Int16(truncatingIfNeeded: bits))
        case 5: return .uint16(UInt16(truncatingIfNeeded: bits))
        case 6: return .int32(Int32(truncatingIfNeeded: bits))
        case 7: return .uint32(UInt32(truncatingIfNeeded: bits))
        case 8: return .int64(Int64(bitPattern: bits))
        case 9: return .uint64(bits)
        case 10: return .float(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case 11: return .double(Double(bitPattern: bits))
        case 12: return .decimal(scale: UInt8(truncatingIfNeeded: bits), value: UInt32(truncatingIfNeeded: bits >> 8))
        case 13: return .bytes((0..<number(20)).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        case 14: return .timestamp(bits)
        case 15: return .array([])
        case 16: return .table([:])
        default: return .string(text())
        }
    }

    private mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func chance(_ oneIn: Int) -> Bool { number(oneIn) == 0 }
}
