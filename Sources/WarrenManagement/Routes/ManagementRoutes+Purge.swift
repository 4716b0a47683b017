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
        try await client.purge(id, recursive: request.query.flag("recursive") ?? true)
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
        let budget = query.number("timeBudget").flatMap { (0.1...3600).contains($0) ? Duration.seconds($0) : nil }
        if budget == nil, let text = query["timeBudget"] {
            throw ManagementError(
                argument: "'timeBudget' is no number of seconds from 0.1 to 3600: \(text.prefix(100))")
        }
        let result = try await client.purge(
            matching: InstanceQuery(statuses: statuses.known, createdFrom: from, createdTo: to, limit: 100),
            within: budget
        ) { _ in }
        let count = result.purged
        guard count > 0 || !result.isComplete else {
            throw ManagementError(.notFound, "No ended instance meets the conditions.")
        }
        return deleted(count, isComplete: budget == nil ? nil : result.isComplete)
    }

    private func deleted(_ count: Int, isComplete: Bool? = nil) -> Response {
        var body = JSONObjectWriter()
        body.add("instancesDeleted", count)
        if let isComplete { body.add("isComplete", isComplete) }
        return Response(status: .ok, json: body.bytes)
    }
}
#endif
