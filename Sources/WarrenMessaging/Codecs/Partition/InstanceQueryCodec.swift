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
            // Strings, integers and lists of them can always be encoded. If not, the reader refuses this and reports
            // it.
            return .null
        }
    }

    /// Reads a query. A missing member means no condition; an empty body means a query without conditions.
    static func decode(_ body: Payload) throws(Refusal) -> InstanceQuery {
        do {
            var members = try objectMembers(of: encode(InstanceQuery()))
            if !body.isNull { members.merge(try objectMembers(of: body)) { $1 } }
            var query = try JSONDecoder().decode(
                InstanceQuery.self, from: Data(Payload(JSONValue.object(members)).bytes))
            query.limit = min(max(query.limit, 1), 1000)
            return query
        } catch {
            throw Refusal(
                .invalidJSON,
                "The body is no instance query: a JSON object such as {\"name\": \"Billing\", \"statuses\": [\"Failed\"]}."
            )
        }
    }

    private static func objectMembers(of body: Payload) throws -> [String: JSONValue] {
        guard case .object(let members) = try JSONValue(body) else { throw NoObject() }
        return members
    }

    private struct NoObject: Error {}
}
