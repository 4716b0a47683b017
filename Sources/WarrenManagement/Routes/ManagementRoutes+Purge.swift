#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Removes ended instances.
extension ManagementRoutes {
    /// Removes one instance; 412 if it has not ended.
    @Sendable func purge(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let id = try request.segment("instance")
        try await client.purge(id)
        return deleted(1)
    }

    /// Removes all instances that were created within a time and ended with one of some statuses. None is 404.
    @Sendable func purgeMatching(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let query = request.query
        guard let from = query.time("createdTimeFrom") else {
            var message: [UInt8] = []
            JSONText.append("Please provide value for 'createdTimeFrom' parameter.", to: &message)
            return Response(status: .badRequest, json: message)
        }
        // A listing that ignores an unknown condition shows too much; a purge would remove too much.
        let to = query.time("createdTimeTo")
        if to == nil, let text = query["createdTimeTo"] {
            throw ManagementError(argument: "'createdTimeTo' is no time: \(text.prefix(100))")
        }
        let statuses = query.statuses("runtimeStatus")
        let refused = statuses.unknown + statuses.known.filter { !$0.isTerminal }.map(\.rawValue)
        if let word = refused.first {
            throw ManagementError(
                argument: "Only ended instances are purged: 'runtimeStatus' is Completed, Failed, Terminated or "
                    + "Canceled, not '\(word.prefix(100))'.")
        }
        let count = try await client.purge(
            matching: InstanceQuery(statuses: statuses.known, createdFrom: from, createdTo: to, limit: 100))
        guard count > 0 else { throw ManagementError(.notFound, "No ended instance meets the conditions.") }
        return deleted(count)
    }

    private func deleted(_ count: Int) -> Response {
        var body = JSONObjectWriter()
        body.add("instancesDeleted", count)
        return Response(status: .ok, json: body.bytes)
    }
}
#endif
