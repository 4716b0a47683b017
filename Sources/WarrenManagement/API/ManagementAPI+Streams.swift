#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Streams histories and live events.
extension ManagementAPI {
    /// The history of an instance's present generation, event by event, whatever its length.
    ///
    /// An execution's history only grows, so its parts fit together; what is recorded after the first part was read comes
    /// along. If the instance continues as new meanwhile, or is purged, the stream breaks off.
    @Sendable func history(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        guard let first = try await client.historyPart(of: id, from: nil) else { throw APIProblem.unknownInstance(id) }
        let isEvents = request.wantsEvents
        let stream = HistoryStream(client: client, first: first, isEvents: isEvents, logger: logger)
        guard !isEvents else { return ServerSentEvents.response(stream.body) }
        var headers = HTTPFields()
        headers[.contentType] = "application/jsonl"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        return Response(status: .ok, headers: headers, body: stream.body)
    }

    /// Changes of instances from now on.
    @Sendable func instanceEvents(_ request: APIRequest) async throws -> Response {
        let query = request.query
        var filter = LiveFilter(instanceID: try query.text("instance"), name: try query.name("name"))
        let statuses = try query.statuses()
        if !statuses.isEmpty { filter.words = Set(statuses.map(\.rawValue)) }
        return try ServerSentEvents.response(of: instanceFeed, filter)
    }

    /// Lines of the console from now on.
    @Sendable func console(_ request: APIRequest) async throws -> Response {
        let query = request.query
        var filter = LiveFilter(instanceID: try query.text("instance"), name: try query.name("name"))
        let levels = ConsoleLevel.allCases.map(\.rawValue)
        if let level = try query.word("level", of: levels), let index = levels.firstIndex(of: level) {
            filter.words = Set(levels[index...])
        }
        return try ServerSentEvents.response(of: consoleFeed, filter)
    }
}
#endif
