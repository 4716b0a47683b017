import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of a `list` query.
enum InstanceQueryCodec {
    static func encode(_ query: InstanceQuery) -> Payload {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return Payload(bytes: Array(try encoder.encode(query)))
        } catch {
            // Strings, integers and lists of them: a failure here is a fault of ours.
            preconditionFailure("An instance query cannot be encoded: \(error)")
        }
    }

    static func decode(_ body: Payload) throws(Refusal) -> InstanceQuery {
        do {
            var query = try JSONDecoder().decode(InstanceQuery.self, from: Data(body.bytes))
            query.limit = min(max(query.limit, 1), 1000)
            return query
        } catch {
            throw Refusal(.invalidJSON, "The body is no instance query.")
        }
    }
}
