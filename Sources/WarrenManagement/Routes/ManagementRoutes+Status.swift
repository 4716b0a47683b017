#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Shows instances.
extension ManagementRoutes {
    /// Shows one instance.
    @Sendable func status(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let id = try request.segment("instance")
        guard request.query.flag("showHistory") ?? false else { return show(try await find(id), request) }
        let first = try await client.historyPart(of: id)
        guard let first else { throw ManagementError.unknownInstance(id) }
        guard first.historyNext != nil else { return show(first, request) }
        // The history is longer than one answer holds: it is passed on part by part, whatever its length.
        let walk = try await client.historyWalk(of: id, Set<Int>()) { HistoryJSON.track(&$0, $1) }
        guard let (walk, open) = walk else { throw ManagementError.unknownInstance(id) }
        return show(walk.status, request) { json in
            LongHistory(
                walk: walk, head: json,
                rows: HistoryJSON(
                    showsInput: request.query.flag("showInput") ?? true,
                    showsOutput: request.query.flag("showHistoryOutput") ?? false, open: open)
            ).body
        }
    }

    /// 202 with the URL to ask again while the instance is open; 200 when it has ended, with any status, unless the
    /// caller wants a failure to be a 500. 304 for a caller that has the body already, except in the place of a 500.
    ///
    /// - Parameter body: makes the body, if it is more than the status; it then has no tag.
    func show(
        _ status: OrchestrationStatus, _ request: ManagementRequest, body: ((JSONObjectWriter) -> ResponseBody)? = nil
    ) -> Response {
        let query = request.query
        let isOpen = !status.runtimeStatus.isTerminal
        let failsLoudly = query.flag("returnInternalServerErrorOnFailure") ?? false
        let isFault = status.runtimeStatus == .failed && failsLoudly
        let json = StatusJSON(
            http: status, showsInput: query.flag("showInput") ?? true,
            showsOutputInHistory: query.flag("showHistoryOutput") ?? false
        ).object
        var headers = HTTPFields()
        let method = request.request.method
        if body == nil, !isFault, method == .get || method == .head {
            let tag = EntityTag(json.bytes)
            headers[.eTag] = tag.text
            if tag.isKnown(to: request.request) { return Response(status: .notModified, headers: headers) }
        }
        if isOpen {
            headers[.location] = request.url
            headers[.retryAfter] = "5"
        }
        return Response(
            status: isOpen ? .accepted : isFault ? .internalServerError : .ok, headers: headers,
            jsonBody: body?(json) ?? ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }

    /// A page of instances, newest first. `x-ms-continuation-token` in the response, sent back as a header of the next
    /// request, continues after it. `warren-incomplete` names the partitions that did not answer in time; their
    /// instances are missing from the page.
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
        if !page.incomplete.isEmpty, let name = HTTPFields.Element.Name(Self.incompleteHeader) {
            headers[name] = page.incomplete.map(String.init).joined(separator: ",")
        }
        return Response(
            status: .ok, headers: headers,
            json: JSONObjectWriter.array(page.instances.map { StatusJSON(http: $0, showsInput: showsInput).object }))
    }

    /// The header of a listing from which instances are missing.
    private static let incompleteHeader = "warren-incomplete"

    /// - Throws: `ManagementError` with 404 if there is no such instance.
    func find(_ id: String) async throws -> OrchestrationStatus {
        guard let status = try await readStatus(of: id) else { throw ManagementError.unknownInstance(id) }
        return status
    }
}
#endif
