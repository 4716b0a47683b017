package import AMQPMessages
import WarrenSupport

/// Signs messages between partitions: the right to write to `{h}.partition` alone does not make a message trusted.
///
/// Header `warren-signature`: `<partition>.<mac>`, the partition that sent the message and, as hexadecimal digits,
/// HMAC-SHA256 under a key made from its secret, over exchange, routing key, the properties that are read, all
/// `warren-*` headers and the body, each with its length in front.
package struct MessageSigner: Sendable {
    private let partition: Int
    private let keyed: HMACSHA256

    /// - Parameters:
    ///   - partition: the partition that signs.
    ///   - secret: its secret.
    package init(partition: Int, secret: [UInt8]) {
        self.partition = partition
        // Derives a separate key: no signature of a work item is ever one of a message.
        keyed = HMACSHA256(key: HMACSHA256(key: secret).code(of: "warren: messages between partitions".utf8))
    }

    /// Adds the signature.
    package func sign(_ message: OutboundMessage) -> OutboundMessage {
        var signed = message
        let mac = keyed.code(of: Self.content(message.exchange, message.routingKey, message.properties, message.body))
        signed.properties.headers[WireHeader.signature] = .string("\(partition).\(Self.hexadecimal(mac))")
        return signed
    }

    /// Whether the message carries this partition's signature.
    package func isSigned(_ message: InboundMessage) -> Bool {
        guard let given = Self.signature(of: message), given.partition == partition else { return false }
        let expected = Self.hexadecimal(
            keyed.code(of: Self.content(message.exchange, message.routingKey, message.properties, message.body)))
        let text = Array(given.mac.utf8)
        // Compares without an early exit: the time must not reveal how many bytes were right.
        var difference: UInt8 = text.count == expected.utf8.count ? 0 : 1
        for (given, expected) in zip(text, expected.utf8) { difference |= given ^ expected }
        return difference == 0
    }

    /// The content of the header, not yet checked; `nil` if there is none, or it has another form.
    package static func signature(of message: InboundMessage) -> (partition: Int, mac: Substring)? {
        guard let text = message.properties.headers[WireHeader.signature]?.string,
            let dot = text.firstIndex(of: "."), let partition = Int(text[..<dot]), partition >= 0
        else { return nil }
        return (partition, text[text.index(after: dot)...])
    }

    private static func content(
        _ exchange: String, _ routingKey: String, _ properties: MessageProperties, _ body: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: body.count + 512)
        writer.text(exchange)
        writer.text(routingKey)
        for text in [properties.type, properties.correlationID, properties.contentType, properties.contentEncoding] {
            writer.byte(text == nil ? 0 : 1)
            writer.text(text ?? "")
        }
        // A broker adds headers of its own to a message.
        let headers = properties.headers.filter { name, _ in
            name.hasPrefix(WireHeader.prefix) && name != WireHeader.signature
        }
        FieldValueCodec.append(headers, to: &writer)
        writer.data(body)
        return writer.bytes
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
