import WarrenSupport

extension Payload {
    /// A payload of a JSON value; objects are written with sorted keys.
    public init(_ value: JSONValue) {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        self.init(bytes: bytes)
    }
}

/// Embeds a payload inside a `Codable` value as the JSON value it is, not as text or base64.
///
/// ``JSONPayloadCodec`` embeds and extracts it as it is written, digit for digit, without the space between tokens.
/// Other coders have no raw JSON: there it passes through ``JSONValue``, which keeps 64-bit integers and `Double`s.
extension Payload: Codable {
    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        if let payload = RawPayloads.payload(at: decoder) {
            self = payload
        } else {
            self.init(try JSONValue(from: decoder))
        }
    }

    /// Writes the JSON value itself.
    public func encode(to encoder: any Encoder) throws {
        do {
            let payload = try compact()
            if let placeholder = RawPayloads.placeholder(payload, in: encoder) {
                var container = encoder.singleValueContainer()
                return try container.encode(placeholder)
            }
            try JSONReader.read(payload.bytes).encode(to: encoder)
        } catch let problem as JSONProblem {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "Not JSON: \(problem)"))
        }
    }
}
