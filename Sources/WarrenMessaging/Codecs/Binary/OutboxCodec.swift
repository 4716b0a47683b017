package import AMQPMessages
import WarrenSupport

/// Encodes messages for the outbox.
///
/// A version byte, a count, then per message: exchange, routing key, flags, the properties that are set, headers in the
/// order of their names, body. Rows outlive the process that wrote them: versions are added, never changed.
package enum OutboxCodec {
    fileprivate static let version: UInt8 = 1

    package static func encode(_ messages: [OutboundMessage]) -> [UInt8] {
        var row = OutboxRowWriter(count: messages.count, bodyBytes: messages.reduce(0) { $0 + $1.body.count })
        for message in messages { row.append(message) }
        return row.bytes
    }

    /// - Throws: `MessagingError.Code.corrupt` for bytes that no version wrote.
    package static func decode(_ bytes: [UInt8]) throws(MessagingError) -> [OutboundMessage] {
        do throws(ByteProblem) {
            return try bytes.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in try messages(in: buffer) }
        } catch {
            throw MessagingError(error)
        }
    }

    private static func messages(in bytes: UnsafeBufferPointer<UInt8>) throws(ByteProblem) -> [OutboundMessage] {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw reader.problem("version \(found) is not known") }
        var messages: [OutboundMessage] = []
        for _ in 0..<(try reader.count()) { messages.append(try message(&reader)) }
        guard reader.isAtEnd else { throw reader.problem("something follows the last message") }
        return messages
    }

    private static func message(_ reader: inout ByteReader) throws(ByteProblem) -> OutboundMessage {
        let exchange = try reader.text()
        let routingKey = try reader.text()
        let flags = try reader.number()
        guard flags < 32 << 9 else { throw reader.problem("a message has unknown properties") }
        var properties = MessageProperties()
        if flags & 2 != 0 { properties.isPersistent = flags & 4 != 0 }
        if flags & 8 != 0 { properties.priority = try reader.byte() }
        if flags & 16 != 0 { properties.timestamp = try reader.number() }
        var flag: UInt64 = 32
        func text(_ reader: inout ByteReader) throws(ByteProblem) -> String? {
            defer { flag <<= 1 }
            return flags & flag != 0 ? try reader.text() : nil
        }
        properties.contentType = try text(&reader)
        properties.contentEncoding = try text(&reader)
        properties.correlationID = try text(&reader)
        properties.replyTo = try text(&reader)
        properties.expiration = try text(&reader)
        properties.messageID = try text(&reader)
        properties.type = try text(&reader)
        properties.userID = try text(&reader)
        properties.appID = try text(&reader)
        properties.headers = try FieldValueCodec.table(&reader, depth: 0)
        return OutboundMessage(
            exchange: exchange, routingKey: routingKey, isMandatory: flags & 1 != 0, properties: properties,
            body: try reader.data())
    }

    /// Visits the texts in the order of their flags. It builds no list, because it runs for every message.
    fileprivate static func forEachText(of properties: MessageProperties, _ body: (String?) -> Void) {
        body(properties.contentType)
        body(properties.contentEncoding)
        body(properties.correlationID)
        body(properties.replyTo)
        body(properties.expiration)
        body(properties.messageID)
        body(properties.type)
        body(properties.userID)
        body(properties.appID)
    }
}

/// Writes an outbox row, message by message.
package struct OutboxRowWriter {
    private var writer: ByteWriter

    /// - Parameters:
    ///   - count: the number of messages that will be appended.
    ///   - bodyBytes: the expected size of their bodies.
    package init(count: Int, bodyBytes: Int) {
        writer = ByteWriter(capacity: 16 + bodyBytes + count * 512)
        writer.byte(OutboxCodec.version)
        writer.number(UInt64(count))
    }

    /// The row, once all messages are appended.
    package var bytes: [UInt8] { writer.bytes }

    package mutating func append(_ message: OutboundMessage) {
        append(message.exchange, message.routingKey, isMandatory: message.isMandatory, message.properties)
        FieldValueCodec.append(message.properties.headers, to: &writer)
        writer.data(message.body)
    }

    /// Appends a mandatory message with the headers of a command in place of those in the properties.
    mutating func append(
        exchange: String, routingKey: String, _ properties: MessageProperties, headersOf command: Command,
        _ body: [UInt8]
    ) {
        append(exchange, routingKey, isMandatory: true, properties)
        var count = HeaderCount()
        command.addHeaders(to: &count)
        writer.number(UInt64(count.count))
        command.addHeaders(to: &writer)
        writer.data(body)
    }

    /// Appends what comes before the headers.
    private mutating func append(
        _ exchange: String, _ routingKey: String, isMandatory: Bool, _ properties: MessageProperties
    ) {
        writer.text(exchange)
        writer.text(routingKey)
        var flags: UInt64 = isMandatory ? 1 : 0
        if let isPersistent = properties.isPersistent { flags |= isPersistent ? 6 : 2 }
        if properties.priority != nil { flags |= 8 }
        if properties.timestamp != nil { flags |= 16 }
        var flag: UInt64 = 32
        OutboxCodec.forEachText(of: properties) { text in
            if text != nil { flags |= flag }
            flag <<= 1
        }
        writer.number(flags)
        if let priority = properties.priority { writer.byte(priority) }
        if let timestamp = properties.timestamp { writer.number(timestamp) }
        OutboxCodec.forEachText(of: properties) { text in
            if let text { writer.text(text) }
        }
    }
}
