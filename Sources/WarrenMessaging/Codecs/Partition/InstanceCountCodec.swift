import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of a `count` query: the object of a `list` query, with a member `bucketMicroseconds`.
enum InstanceCountCodec {
    /// The two as one object.
    private struct Body: Encodable {
        let query: InstanceCountQuery

        private enum CodingKeys: String, CodingKey {
            case bucketMicroseconds
        }

        func encode(to encoder: any Encoder) throws {
            try query.conditions.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(query.bucketMicroseconds, forKey: .bucketMicroseconds)
        }
    }

    static func encode(_ query: InstanceCountQuery) -> Payload {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return Payload(bytes: Array(try encoder.encode(Body(query: query))))
        } catch {
            // As for a `list` query: this cannot happen, and the reader would refuse it.
            return .null
        }
    }

    static func decode(_ body: Payload) throws(Refusal) -> InstanceCountQuery {
        var query = InstanceCountQuery(try InstanceQueryCodec.decode(body))
        let node: JSONNode
        do {
            node = try JSONNode(body)
        } catch {
            throw Refusal(.invalidJSON, "The body is no JSON: \(error).")
        }
        if let width = node["bucketMicroseconds"] {
            query.bucketMicroseconds = width.integer ?? 0
            guard query.isBounded else {
                throw Refusal(
                    .invalidJSON,
                    "'bucketMicroseconds' is a whole number above 0, 'createdFrom' and 'createdTo' are there, and the time "
                        + "between them has \(InstanceCountQuery.mostBuckets) such parts at the most.")
            }
        }
        return query
    }
}
