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
    ///
    /// With `follow`, it goes on with later events until the instance has ended.
    @Sendable func history(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let isEvents = request.wantsEvents
        let body: ResponseBody
        if try request.query.bool("follow") == true {
            body = try await follow(id, isEvents: isEvents)
        } else {
            guard let first = try await client.historyPart(of: id, from: nil) else {
                throw APIProblem.unknownInstance(id)
            }
            body = HistoryStream(client: client, first: first, isEvents: isEvents, logger: logger).body
        }
        guard !isEvents else { return ServerSentEvents.response(body) }
        var headers = HTTPFields()
        headers[.contentType] = "application/jsonl"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        return Response(status: .ok, headers: headers, body: body)
    }

    private func follow(_ id: String, isEvents: Bool) async throws -> ResponseBody {
        let place = try StreamPlace(streams)
        var tail = try client.historyTail(of: id)
        guard let first = try await tail.next() else { throw APIProblem.unknownInstance(id) }
        return FollowedHistory(
            instanceID: id, first: first, tail: tail, isEvents: isEvents, place: place, logger: logger
        ).body
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
