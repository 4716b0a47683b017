#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of a request or an answer: text, or bytes that are no text.
///
/// As JSON, and so in histories, a text is `{"text": "…"}` and bytes are `{"base64": "…"}`. The body of an answer is a
/// text if it is UTF-8 without the character NUL, whatever its `Content-Type` says.
public enum DurableHTTPBody: Sendable, Hashable {
    case text(String)
    case bytes([UInt8])

    /// The body that bytes stand for: a text if they are UTF-8 without NUL.
    public init(_ content: [UInt8]) {
        if !content.contains(0), let text = String(validating: content, as: UTF8.self) {
            self = .text(text)
        } else {
            self = .bytes(content)
        }
    }

    /// The text; `nil` if the body is no text.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The bytes that are sent, or were received.
    public var content: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        }
    }
}

extension DurableHTTPBody: Codable {
    private enum CodingKeys: String, CodingKey { case text, base64 }

    /// Reads `{"text": …}` or `{"base64": …}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try container.decodeIfPresent(String.self, forKey: .text) {
            self = .text(text)
            return
        }
        let encoded = try container.decode(String.self, forKey: .base64)
        guard let data = Data(base64Encoded: encoded) else {
            throw DecodingError.dataCorruptedError(
                forKey: .base64, in: container, debugDescription: "'base64' is not base64")
        }
        self = .bytes(Array(data))
    }

    /// Writes `{"text": …}` or `{"base64": …}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text): try container.encode(text, forKey: .text)
        case .bytes(let bytes): try container.encode(Data(bytes).base64EncodedString(), forKey: .base64)
        }
    }
}
