import Hummingbird
import Warren
import WarrenClient

/// Showing instances.
extension ManagementRoutes {
    /// One instance.
    @Sendable func status(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let showsHistory = request.query.flag("showHistory") ?? false
        let status = try await find(try request.segment("instance"), includeHistory: showsHistory)
        return show(status, request)
    }

    /// 202 with where to look again while the instance goes on; 200 when it has ended, however it did, unless the caller
    /// wants a failure to be a 500.
    func show(_ status: OrchestrationStatus, _ request: ManagementRequest) -> Response {
        let query = request.query
        let json = StatusJSON(
            status: status, showsInput: query.flag("showInput") ?? true,
            showsOutputInHistory: query.flag("showHistoryOutput") ?? false
        ).members.bytes
        guard status.runtimeStatus.isTerminal else {
            var headers = HTTPFields()
            headers[.location] = request.url
            headers[.retryAfter] = "5"
            return Response(status: .accepted, headers: headers, json: json)
        }
        let failsLoudly = query.flag("returnInternalServerErrorOnFailure") ?? false
        return Response(
            status: status.runtimeStatus == .failed && failsLoudly ? .internalServerError : .ok, json: json)
    }

    /// A page of instances, newest first. `x-ms-continuation-token` in the response, sent back as a header of the next
    /// request, goes on after it.
    @Sendable func list(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let query = request.query
        var conditions = InstanceQuery(
            statuses: query.statuses("runtimeStatus").known, createdFrom: query.time("createdTimeFrom"),
            createdTo: query.time("createdTimeTo"), idPrefix: query["instanceIdPrefix"],
            limit: min(max(query.integer("top") ?? 100, 1), 1000))
        if let token = request.header(ContinuationToken.header), !token.isEmpty {
            conditions.after = try ContinuationToken(token).cursor
        }
        let showsInput = query.flag("showInput") ?? true
        conditions.includeInput = showsInput
        conditions.includeOutput = true
        let page = try await client.list(conditions)
        var headers = HTTPFields()
        if let next = page.next, let name = HTTPFields.Element.Name(ContinuationToken.header) {
            headers[name] = ContinuationToken(next).text
        }
        return Response(
            status: .ok, headers: headers,
            json: JSONMembers.array(page.instances.map { StatusJSON(status: $0, showsInput: showsInput).members }))
    }

    /// - Throws: `ManagementError` with 404 if there is no such instance.
    func find(_ id: String, includeHistory: Bool = false) async throws -> OrchestrationStatus {
        guard let status = try await client.status(of: id, includeHistory: includeHistory) else {
            throw ManagementError(.notFound, "There is no instance '\(id)'.", kind: "unknown-instance")
        }
        return status
    }
}
