import AMQPMessages
import WarrenSupport

/// A message of an outbox row for people: texts in place of AMQP's types.
package struct OutboxListing: Sendable, Hashable {
    package let exchange: String
    package let routingKey: String
    package let messageID: String?
    package let correlationID: String?
    package let type: String?
    package let contentType: String?
    /// The headers as one JSON object, sorted by name. Values that JSON does not have are texts.
    package let headers: String
    package let body: [UInt8]

    /// The messages of a row.
    ///
    /// - Throws: `MessagingError.Code.corrupt` for bytes that no version wrote.
    package static func read(_ row: [UInt8]) throws(MessagingError) -> [OutboxListing] {
        try OutboxCodec.decode(row).map(OutboxListing.init)
    }

    private init(_ message: OutboundMessage) {
        exchange = message.exchange
        routingKey = message.routingKey
        messageID = message.properties.messageID
        correlationID = message.properties.correlationID
        type = message.properties.type
        contentType = message.properties.contentType
        headers = FieldValue.table(message.properties.headers).json
        body = message.body
    }
}

extension FieldValue {
    fileprivate var json: String {
        switch self {
        case .void: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int8(let number): "\(number)"
        case .uint8(let number): "\(number)"
        case .int16(let number): "\(number)"
        case .uint16(let number): "\(number)"
        case .int32(let number): "\(number)"
        case .uint32(let number): "\(number)"
        case .int64(let number): "\(number)"
        case .uint64(let number), .timestamp(let number): "\(number)"
        case .float(let number): Self.json(Double(number))
        case .double(let number): Self.json(number)
        case .decimal(let scale, let value): JSONText.quoted("\(value)e-\(scale)")
        case .string(let text): JSONText.quoted(text)
        case .bytes(let bytes): JSONText.quoted(String(decoding: bytes, as: UTF8.self))
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .table(let table):
            "{"
                + table.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0.key)):\($0.value.json)" }
                .joined(separator: ",") + "}"
        }
    }

    private static func json(_ number: Double) -> String {
        var bytes: [UInt8] = []
        JSONText.append(number, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
