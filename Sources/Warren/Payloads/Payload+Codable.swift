extension Payload {
    /// A payload of a JSON value; objects are written with sorted keys.
    public init(_ value: JSONValue) {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        self.init(bytes: bytes)
    }
}

/// A payload inside a `Codable` value is embedded as the JSON value it is, not as text or base64.
extension Payload: Codable {
    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        self.init(try JSONValue(from: decoder))
    }

    /// Writes the JSON value itself.
    public func encode(to encoder: any Encoder) throws {
        do {
            try JSONReader.read(bytes).encode(to: encoder)
        } catch let problem as JSONProblem {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "Not JSON: \(problem)"))
        }
    }
}
