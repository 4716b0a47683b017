#if HTTP
import Hummingbird
import WarrenClient
import WarrenSupport

/// Describes the server and the hub.
extension ManagementAPI {
    @Sendable func document(_ request: APIRequest) async throws -> Response {
        Response(apiBytes: OpenAPIDocument.bytes)
    }

    /// What the caller's key may do.
    @Sendable func me(_ request: APIRequest) async throws -> Response {
        var body = JSONObjectWriter()
        body.add("keysRequired", access.needsKeys)
        if let key = request.caller.key {
            body.add("id", key.id)
            body.add("name", key.name)
        }
        body.add("scopes", request.caller.scopes.map(\.rawValue))
        return Response(api: body)
    }

    @Sendable func hubDescription(_ request: APIRequest) async throws -> Response {
        var hub = try await client.hubJSON()
        if let path = options.metricsPath { hub.add("metricsPath", path) }
        return Response(api: hub)
    }

    @Sendable func partitions(_ request: APIRequest) async throws -> Response {
        Response(api: try await hub.owners().partitions)
    }

    @Sendable func hosts(_ request: APIRequest) async throws -> Response {
        var body = JSONObjectWriter()
        body.add("hosts", try await hub.owners().hosts)
        return Response(api: body)
    }

    @Sendable func queues(_ request: APIRequest) async throws -> Response {
        var body = JSONObjectWriter()
        body.add("queues", try await client.queuesJSON())
        return Response(api: body)
    }

    @Sendable func activities(_ request: APIRequest) async throws -> Response {
        let unserved = try request.query.bool("unserved")
        var body = JSONObjectWriter()
        body.add("activities", try await client.activitiesJSON(unserved: unserved == true ? true : nil))
        return Response(api: body)
    }
}
#endif
