#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Shows entities, sends them operations, and cleans up after them.
extension ManagementAPI {
    /// One page of entities.
    @Sendable func entities(_ request: APIRequest) async throws -> Response {
        let query = request.query
        var conditions = EntityQuery(
            name: try query.name("name"), prefix: try query.text("prefix"),
            lastOperationFrom: try query.time("updatedFrom"), lastOperationTo: try query.time("updatedTo"),
            includeState: try !query.words("include", of: ["state"]).isEmpty,
            includeDeleted: try query.bool("deleted") ?? false, limit: try query.integer("limit", in: 1...1000) ?? 100)
        if let text = try query.text("after", bytes: 1...600) {
            guard let token = PageToken(text, in: .newest) else {
                throw APIProblem.invalid(
                    "after", "'after' is no place that a page named.",
                    remedy: "Send the 'next' of the page before, with the same conditions.")
            }
            conditions.after = token.cursor
        }
        let page = try await client.entities(matching: conditions)
        var body = JSONObjectWriter()
        body.add("entities", page.entities.map { Self.json($0, withState: conditions.includeState) })
        if let next = page.next { body.add("next", PageToken(next).text) }
        Self.add(incomplete: page.incomplete, to: &body)
        return Response(api: body)
    }

    /// One entity with its state, and with the requests that wait at it. One without a state is shown while there are some.
    @Sendable func entity(_ request: APIRequest) async throws -> Response {
        let id = try checkedEntity(request)
        guard let entity = try await client.entity(id), entity.exists || (entity.queued ?? 0) > 0 else {
            throw APIProblem(
                .notFound, .unknownEntity, "There is no entity '\(id)' in hub '\(client.hub)'.", field: "entityKey",
                remedy: "/api/v1/entities lists those that exist; one comes to exist with its first operation.")
        }
        return Response(api: Self.json(entity, withState: true))
    }

    /// Sends an operation; the input passes through as it is written.
    @Sendable func signalEntity(_ request: APIRequest) async throws -> Response {
        let id = try checkedEntity(request)
        let operation = try request.variable("operation")
        let problem =
            NameRules.problem(eventName: operation)
            ?? (operation.hasPrefix("@") ? "The operation '\(operation)' begins with '@'." : nil)
        if let problem {
            throw APIProblem.invalid(
                "operation", problem,
                remedy:
                    "A name has 1 to 100 bytes of UTF-8 without control characters and '/', and does not begin with @.")
        }
        let time = try request.query.time("at")
        let input = try await request.payload() ?? .null
        try await client.signal(named: operation, input, on: id, at: time?.date)
        return .done
    }

    /// Sends the operation `delete`.
    @Sendable func deleteEntity(_ request: APIRequest) async throws -> Response {
        try await client.signal(named: "delete", on: try checkedEntity(request))
        return .done
    }

    /// Removes entities without state, and releases locks of orchestrations that have ended.
    @Sendable func cleanEntities(_ request: APIRequest) async throws -> Response {
        let body = try await request.object(known: ["removeEmpty", "releaseLocks"], isOptional: true)
        let cleanup = try await client.cleanEntities(
            removingEmpty: try body.bool("removeEmpty") ?? true, releasingLocks: try body.bool("releaseLocks") ?? true)
        var answer = JSONObjectWriter()
        answer.add("emptyEntitiesRemoved", cleanup.emptyEntitiesRemoved)
        answer.add("orphanedLocksReleased", cleanup.orphanedLocksReleased)
        return Response(api: answer)
    }

    private func checkedEntity(_ request: APIRequest) throws -> EntityID {
        _ = try request.variable("entityName")
        let name = request.entityID ?? EntityID(name: "", key: "")
        if let problem = name.problem {
            throw APIProblem.invalid(
                "entityKey", problem,
                remedy: "A name is as for orchestrations; a key has no control characters and none of / \\ # ? *.")
        }
        return name
    }

    private static func json(_ entity: EntityStatus, withState: Bool) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("name", entity.id.name)
        object.add("key", entity.id.key)
        object.add("exists", entity.exists)
        object.add("createdTime", ISO8601.text(entity.createdAt))
        object.add("lastOperationTime", ISO8601.text(entity.lastOperationAt))
        object.add("lockedBy", ifPresent: entity.lockedBy)
        if let queued = entity.queued {
            object.add("queued", queued)
            object.add("queue", entity.queue.map(\.json))
        }
        if withState { object.add("state", entity.state) }
        return object
    }
}
#endif
