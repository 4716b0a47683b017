extension Payload {
    /// A payload of a value, written by a codec: the standard one, unless the hub's functions use another.
    ///
    /// - Throws: `WarrenError` with code `payloadNotEncodable`.
    public init(encoding value: some Encodable, with codec: any PayloadCodec = JSONPayloadCodec()) throws {
        self = try codec.encode(value)
    }

    /// Decodes the value of this payload with a codec: the standard one, unless the hub's functions use another.
    ///
    /// ```swift
    /// let status = try await instance.status()
    /// let progress = try status?.customStatus?.decode(as: Progress.self)
    /// ```
    ///
    /// - Throws: `WarrenError` with code `payloadNotDecodable` that names the place.
    public func decode<Value: Decodable>(
        as type: Value.Type = Value.self, with codec: any PayloadCodec = JSONPayloadCodec()
    ) throws -> Value {
        try PayloadReading.decode(type, from: self, codec)
    }
}
