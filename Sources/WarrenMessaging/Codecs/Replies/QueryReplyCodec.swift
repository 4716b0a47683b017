package import Warren

/// Encodes the bodies of answers to queries, as JSON of their `Codable` types: `OrchestrationStatus`,
/// `InstanceListReply`, `HubDescription`, `PurgeReply`.
package enum QueryReplyCodec {
    /// A codec that leaves payloads as they are written.
    private static let codec = JSONPayloadCodec()

    /// Encodes an answer. Members are sorted, so that equal values have equal bytes.
    package static func encode(_ value: some Encodable) throws -> Payload {
        try codec.encode(value)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from body: Payload) throws -> Value {
        try codec.decode(type, from: body)
    }
}
