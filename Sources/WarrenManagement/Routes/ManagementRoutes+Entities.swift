#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Shows entities and sends them operations.
extension ManagementRoutes {
    /// The state of an entity, as it is.
    @Sendable func entity(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let id = try Self.entityID(request)
        guard let state = try await client.entity(id)?.state else {
            throw ManagementError(.notFound, "There is no entity '\(id)' in this hub.", kind: "unknown-entity")
        }
        return Response(status: .ok, json: state.bytes)
    }

    /// A page of the entities that exist: all, or those of one name.
    @Sendable func entities(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let query = request.query
        var conditions = EntityQuery(
            name: try request.optionalSegment("name"), lastOperationFrom: query.time("lastOperationTimeFrom"),
            lastOperationTo: query.time("lastOperationTimeTo"), includeState: query.flag("fetchState") ?? false,
            limit: min(max(query.integer("top") ?? 100, 1), 1000))
        if let token = request.header(ContinuationToken.header), !token.isEmpty {
            conditions.after = try ContinuationToken(token).cursor
        }
        let page = try await client.entities(matching: conditions)
        var headers = HTTPFields()
        if let next = page.next, let name = HTTPFields.Element.Name(ContinuationToken.header) {
            headers[name] = ContinuationToken(next).text
        }
        let rows = page.entities.map { entity in
            var id = JSONObjectWriter()
            id.add("name", entity.id.name)
            id.add("key", entity.id.key)
            var object = JSONObjectWriter()
            object.add("entityId", raw: id.bytes)
            object.add("lastOperationTime", ISO8601.text(secondOf: entity.lastOperationAt.microseconds))
            if conditions.includeState { object.add("state", entity.state) }
            return object
        }
        return Response(status: .ok, headers: headers, json: JSONObjectWriter.array(rows))
    }

    /// Sends an operation. A body of another type than JSON is the input as text.
    @Sendable func signalEntity(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let id = try Self.entityID(request)
        let operation = request.query["op"] ?? ""
        if let problem = NameRules.problem(eventName: operation) ?? (operation.hasPrefix("@") ? "" : nil) {
            throw ManagementError(
                argument: "The query's 'op' is '\(operation.prefix(100))', which cannot name an operation. \(problem)")
        }
        let type = request.header("content-type")?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        let bytes = try await request.body()
        let input: Payload
        if bytes.isEmpty {
            input = .null
        } else if type == "application/json" {
            do {
                try JSONValidator.check(bytes)
            } catch {
                throw ManagementError(.badRequest, "Could not parse JSON content: \(error)", kind: "invalid-json")
            }
            input = Payload(bytes: bytes)
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ManagementError(
                    argument: "The body is not UTF-8. Send JSON as application/json, or text in UTF-8.")
            }
            input = Payload(jsonStringOf: text)
        }
        try await client.signal(named: operation, input, on: id)
        return .accepted
    }

    /// Sends the operation `delete`.
    @Sendable func deleteEntity(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        try await client.signal(named: "delete", on: try Self.entityID(request))
        return .accepted
    }

    /// The entity of a path; `$` stands for the empty key.
    private static func entityID(_ request: ManagementRequest) throws -> EntityID {
        let key = try request.segment("key")
        let id = EntityID(name: try request.segment("name"), key: key == "$" ? "" : key)
        if let problem = id.problem { throw ManagementError(argument: problem) }
        return id
    }
}
#endif
