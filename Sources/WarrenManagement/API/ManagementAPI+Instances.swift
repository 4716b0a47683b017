#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Shows instances.
extension ManagementAPI {
    /// One page of instances.
    @Sendable func list(_ request: APIRequest) async throws -> Response {
        let query = request.query
        var conditions = try self.conditions(query)
        conditions.limit = try query.integer("limit", in: 1...1000) ?? 100
        if let text = try query.text("after", bytes: 1...600) { conditions.after = try Self.cursor(text) }
        let included = try query.words("include", of: ["input", "output"])
        conditions.includeInput = included.contains("input")
        conditions.includeOutput = included.contains("output")
        let page = try await client.list(conditions)
        var body = JSONObjectWriter()
        body.add("instances", page.instances.map { StatusJSON(api: $0).object })
        if let next = page.next { body.add("next", ContinuationToken(next).text) }
        Self.add(incomplete: page.incomplete, to: &body)
        return Response(api: body)
    }

    /// One instance, as soon as it has ended if the caller waits for that.
    @Sendable func status(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let seconds = try request.query.number("wait", in: 0...230) ?? 0
        if seconds > 0 {
            let wait: Duration = .milliseconds(Int64(seconds * 1000))
            do {
                // Without polling: the host answers when the instance ends.
                let ended = try await client.wait(for: id, timeout: min(wait, options.maximumWait))
                return Response(api: StatusJSON(api: ended).object)
            } catch let error as ClientError where error.code == .timedOut {
                // It is still open, or nobody answers: the question below shows which.
            }
        }
        return Response(api: StatusJSON(api: try await find(id)).object)
    }

    /// - Throws: `APIProblem` with 404 if there is no such instance.
    func find(_ id: String) async throws -> OrchestrationStatus {
        guard let status = try await client.status(of: id) else { throw APIProblem.unknownInstance(id) }
        return status
    }

    /// The conditions of a listing.
    func conditions(_ query: StrictQuery) throws -> InstanceQuery {
        let conditions = InstanceQuery(
            name: try query.name("name"), statuses: try query.statuses(), createdFrom: try query.time("createdFrom"),
            createdTo: try query.time("createdTo"), idPrefix: try query.text("prefix"), tag: try query.tag())
        return conditions
    }

    static func add(incomplete partitions: [Int], to body: inout JSONObjectWriter) {
        guard !partitions.isEmpty else { return }
        body.add("incomplete", raw: "[\(partitions.map(String.init).joined(separator: ","))]")
    }

    private static func cursor(_ text: String) throws -> InstanceQuery.Cursor {
        do {
            return try ContinuationToken(text).cursor
        } catch {
            throw APIProblem.invalid(
                "after", "'after' is no place that a page named.", remedy: "Send the 'next' of the page before.")
        }
    }
}
#endif
