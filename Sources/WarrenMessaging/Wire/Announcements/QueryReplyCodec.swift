package import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The bodies of answers to queries, as JSON of their `Codable` types: `OrchestrationStatus`, `InstanceListReply`,
/// `HubDescription`, `PurgeReply`.
package enum QueryReplyCodec {
    /// Members are sorted, so that equal values have equal bytes.
    package static func encode(_ value: some Encodable) throws -> Payload {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Payload(bytes: Array(try encoder.encode(value)))
    }

    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from body: Payload) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.bytes))
    }
}
