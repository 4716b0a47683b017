package import AMQPMessages
import Warren
import WarrenSupport

/// Encodes console lines: `{h}.console`, routing key `<level>.<orchestration>`, for people.
///
/// The body is one line of plain text, so that `amqp-consume -q {h}.console cat` reads well; facts for programs are in
/// headers. The message ID counts lines: it shows repeated ones, and gaps.
package struct ConsoleCodec: Sendable {
    /// The length limit of a line, in bytes; longer ones are shortened.
    static let maximumLine = 16 << 10

    private let hub: TaskHubName

    package init(hub: TaskHubName) {
        self.hub = hub
    }

    package func encode(_ message: ConsoleMessage) -> OutboundMessage {
        OutboundMessage(
            exchange: hub.consoleExchange, routingKey: "\(message.level.rawValue).\(message.orchestration)",
            isMandatory: false,
            properties: MessageProperties(
                contentType: WireContentType.text, contentEncoding: "utf-8",
                headers: [
                    WireHeader.instanceID: .string(message.instanceID),
                    WireHeader.executionID: .string(message.executionID),
                    WireHeader.orchestration: .string(message.orchestration),
                    WireHeader.number: .string(message.number),
                    WireHeader.level: .string(message.level.rawValue),
                    WireHeader.at: .string(ISO8601.text(message.at)),
                ],
                isPersistent: true, messageID: "\(message.instanceID):\(message.executionID):\(message.number)",
                timestamp: seconds(message.at), type: WireType.console),
            body: Array(Self.line(message.text.shortened(to: Self.maximumLine)).utf8) + [0x0A])
    }

    package func decode(_ message: InboundMessage) -> Result<ConsoleMessage, Refusal> {
        Result { () throws(Refusal) in
            let fields = MessageFields(message: message)
            guard let at = ISO8601.timestamp(try fields.required(WireHeader.at)) else {
                throw fields.refuse(WireHeader.at, "a time (RFC 3339)")
            }
            let line = message.body.last == 0x0A ? message.body.dropLast() : message.body[...]
            return ConsoleMessage(
                text: Self.line(String(decoding: line, as: UTF8.self)),
                level: try fields.word(WireHeader.level, ConsoleLevel.allCases) ?? .info,
                instanceID: try fields.required(WireHeader.instanceID),
                executionID: try fields.required(WireHeader.executionID),
                orchestration: try fields.required(WireHeader.orchestration),
                number: try fields.required(WireHeader.number), at: at)
        }
    }

    /// Escapes control characters: text from a message must not move a reader's cursor.
    static func line(_ text: String) -> String {
        guard NameRules.hasControlCharacter(text) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
