#if canImport(FoundationEssentials)
import FoundationEssentials
import WarrenSupport
#else
import Foundation
#endif

/// The standard codec: `Codable` as plain JSON, keys sorted, dates as ISO 8601 in UTC.
///
/// Scalars and ready-made JSON take a separate path, several times faster than a general encoder.
public struct JSONPayloadCodec: PayloadCodec {
    // Safe to share: it is configured once, here, and locks inside.
    private let encoder: JSONEncoder

    /// The standard codec.
    public init() {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            guard let timestamp = Timestamp(exactly: date) else {
                // The message does not describe the date: Foundation traps when it describes one that is not finite.
                throw EncodingError.invalidValue(
                    date.timeIntervalSince1970,
                    .init(
                        codingPath: encoder.codingPath,
                        debugDescription: "a date outside of the years -290308 to 294247 has no text"))
            }
            try container.encode(ISO8601.text(timestamp))
        }
        encoder.userInfo = RawPayloads.encoderInfo
    }

    /// A decoder of one payload: it has the whole text, so that payloads inside are extracted as they are written.
    private static func decoder(of payload: Payload) -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let timestamp = ISO8601.timestamp(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not ISO 8601")
            }
            return timestamp.date
        }
        decoder.userInfo = RawPayloads.decoderInfo(payload)
        return decoder
    }

    /// The value as JSON; throws `WarrenError` with `payloadNotEncodable`.
    public func encode<Value: Encodable>(_ value: Value) throws -> Payload {
        if let payload = Self.scalar(value) { return payload }
        do {
            return Payload(bytes: try RawPayloads.encoding { Array(try encoder.encode(value)) })
        } catch {
            throw WarrenError(
                .payloadNotEncodable, "A value of type \(Value.self) cannot be written as JSON: \(Self.reason(error))",
                cause: error)
        }
    }

    /// Decodes a value; throws `WarrenError` with `payloadNotDecodable` that names the place.
    public func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws -> Value {
        if let value = try Self.scalar(type, payload) { return value }
        do {
            return try Self.decoder(of: payload).decode(type, from: Data(payload.bytes))
        } catch {
            throw WarrenError(
                .payloadNotDecodable, "\(Self.excerpt(payload)) is not a \(Value.self): \(Self.reason(error))",
                cause: error)
        }
    }

    // MARK: The short way

    private static func scalar<Value>(_ value: Value) -> Payload? {
        // Compares the type first: a cast of a value that is none of these is far slower than the comparison.
        var bytes: [UInt8] = []
        if Value.self == String.self, let text = value as? String {
            JSONText.append(text, to: &bytes)
        } else if Value.self == Int.self, let number = value as? Int {
            JSONText.append(number, to: &bytes)
        } else if Value.self == Bool.self, let flag = value as? Bool {
            bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        } else if Value.self == Double.self, let number = value as? Double {
            guard number.isFinite else { return nil }
            JSONText.append(number, to: &bytes)
        } else if Value.self == Payload.self, let payload = value as? Payload {
            return payload
        } else if let value = value as? JSONValue {
            return Payload(value)
        } else if let value = value as? any FixedWidthInteger {
            JSONText.append(value, to: &bytes)
        } else {
            return nil
        }
        return Payload(bytes: bytes)
    }

    /// Decodes a scalar; `nil` if the general decoder has to decide, which then also words the error.
    private static func scalar<Value>(_ type: Value.Type, _ payload: Payload) throws -> Value? {
        let bytes = payload.bytes
        if type == String.self {
            guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
                return nil
            }
            let text = bytes[1..<bytes.count - 1]
            guard !text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }) else {
                return nil
            }
            return text.withUnsafeBytes { String(utf8: $0) } as? Value
        } else if type == Int.self {
            return integer(bytes) as? Value
        } else if type == Bool.self {
            return bytes.elementsEqual("true".utf8)
                ? true as? Value : bytes.elementsEqual("false".utf8) ? false as? Value : nil
        } else if type == Payload.self {
            return payload as? Value
        } else if type == JSONValue.self {
            return try JSONValue(payload) as? Value
        }
        return nil
    }

    private static func integer(_ bytes: [UInt8]) -> Int? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        guard (1...18).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        let magnitude = digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
        return isNegative ? -magnitude : magnitude
    }

    // MARK: Words for errors

    private static func reason(_ error: any Error) -> String {
        let (context, found): (String, [any CodingKey]) =
            switch error {
            case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context):
                (context.debugDescription, context.codingPath)
            case DecodingError.keyNotFound(let key, let context):
                ("no value for key '\(key.stringValue)'", context.codingPath)
            case EncodingError.invalidValue(_, let context): (context.debugDescription, context.codingPath)
            default: (String(describing: error), [])
            }
        let path = found.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return path.isEmpty ? context : "at \(path): \(context)"
    }

    private static func excerpt(_ payload: Payload) -> String {
        payload.bytes.count <= 80
            ? payload.json : String(decoding: payload.bytes.prefix(80), as: UTF8.self) + "…"
    }
}
