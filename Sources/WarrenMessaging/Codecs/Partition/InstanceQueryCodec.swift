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
            guard query.order == .newest || query.after == nil || query.after?.lastUpdatedAt != nil else {
                throw Refusal(
                    .invalidJSON,
                    "The query's 'after' is a place in another order than '\(query.order.rawValue)': it has no "
                        + "'lastUpdatedAt'. Begin again without 'after'.")
            }
            return query
        } catch let refusal as Refusal {
            throw refusal
        } catch DecodingError.dataCorrupted(let context) {
            // The members with names in them say themselves what is wrong.
            let member = context.codingPath.first?.stringValue ?? ""
            throw Self.explained.contains(member)
                ? Refusal(.invalidJSON, "The query's '\(member)': \(context.debugDescription)") : notAQuery
        } catch {
            throw notAQuery
        }
    }

    private static var notAQuery: Refusal {
        Refusal(
            .invalidJSON,
            "The body is no instance query: a JSON object such as {\"name\": \"Billing\", \"statuses\": [\"Failed\"]}.")
    }

    /// The members that explain what is wrong with them.
    private static let explained: Set<String> = ["waitsFor", "order", "statuses"]

    private static func objectMembers(of body: Payload) throws -> [String: JSONValue] {
        guard case .object(let members) = try JSONValue(body) else { throw NoObject() }
        return members
    }

    private struct NoObject: Error {}
}
