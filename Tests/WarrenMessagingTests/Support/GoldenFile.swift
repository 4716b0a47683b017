import AMQPMessages
import Foundation
import Testing

@testable import WarrenMessaging

/// Messages as text files that people can read and that show every change of the wire in a review.
///
/// `WARREN_RECORD_GOLDEN=1 swift test` writes the files that are missing; existing ones are never overwritten.
enum GoldenFile {
    static func check(_ name: String, _ message: OutboundMessage, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let actual = render(message)
        let recorded = Bundle.module.resourceURL?.appending(path: "Golden/\(name).txt")
        if let recorded, let expected = try? String(contentsOf: recorded, encoding: .utf8) {
            #expect(actual == expected, "\(name)", sourceLocation: sourceLocation)
        } else if ProcessInfo.processInfo.environment["WARREN_RECORD_GOLDEN"] != nil {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            try actual.write(to: folder.appending(path: "Golden/\(name).txt"), atomically: true, encoding: .utf8)
        } else {
            Issue.record(
                "There is no golden file '\(name)'. Write it with WARREN_RECORD_GOLDEN=1.",
                sourceLocation: sourceLocation)
        }
    }

    private static func render(_ message: OutboundMessage) -> String {
        let properties = message.properties
        var lines = [
            "exchange: \(message.exchange)", "routing key: \(message.routingKey)", "mandatory: \(message.isMandatory)",
        ]
        let named: [(String, String?)] = [
            ("content_type", properties.contentType), ("content_encoding", properties.contentEncoding),
            ("delivery_mode", properties.isPersistent.map { $0 ? "2" : "1" }),
            ("priority", properties.priority.map { "\($0)" }), ("correlation_id", properties.correlationID),
            ("reply_to", properties.replyTo), ("expiration", properties.expiration),
            ("message_id", properties.messageID), ("timestamp", properties.timestamp.map { "\($0)" }),
            ("type", properties.type), ("user_id", properties.userID), ("app_id", properties.appID),
        ]
        for case (let name, let value?) in named { lines.append("\(name): \(value)") }
        for (key, value) in properties.headers.sorted(by: { $0.key < $1.key }) {
            lines.append("header \(key): \(render(value))")
        }
        return lines.joined(separator: "\n") + "\n\n" + String(decoding: message.body, as: UTF8.self) + "\n"
    }

    /// Texts in quotes, numbers bare: which of them a header is matters to who reads it.
    private static func render(_ value: FieldValue) -> String {
        switch value {
        case .string(let text): "\"\(text)\""
        case .bool(let flag): "\(flag)"
        case .array(let values): "[" + values.map(render).joined(separator: ", ") + "]"
        default: value.integer.map { "\($0)" } ?? "\(value)"
        }
    }
}
