#if HTTP
import Hummingbird
import Logging
import Warren
import WarrenClient
import WarrenSupport

/// Starts, controls and purges instances.
extension ManagementAPI {
    private static let policies: [String: ExistingInstance] = [
        "fail": .fail, "ignore": .ignore, "restart": .replaceFinished, "replace-finished": .replaceFinished,
        "replace-always": .replaceAlways,
    ]

    /// Starts an orchestration; the input passes through as it is written.
    @Sendable func start(_ request: APIRequest) async throws -> Response {
        let body = try await request.object(
            known: ["orchestration", "input", "id", "ifExists", "startAt", "tags", "version"], opaque: ["input"])
        guard let name = try body.text("orchestration", bytes: 1...100) else {
            throw APIProblem.invalid(
                "orchestration", "The body has no 'orchestration'.",
                remedy: "Name one: /api/v1/hub lists those that are registered.")
        }
        if let problem = NameRules.problem(name: name) {
            throw APIProblem.invalid(
                "orchestration", problem, remedy: "/api/v1/hub lists the names that are registered.")
        }
        let id = try body.text("id", bytes: 1...128)
        if let id, let problem = NameRules.problem(instanceID: id) {
            throw APIProblem.invalid(
                "id", problem,
                remedy: "An ID has 1 to 128 bytes of UTF-8 without / \\ # ? *, and begins with neither @ nor $.")
        }
        let policy = try body.text("ifExists", bytes: 0...20) ?? "fail"
        guard let ifExists = Self.policies[policy] else {
            throw APIProblem.invalid(
                "ifExists", "'ifExists' is '\(policy)'.",
                remedy: "Send \"fail\", \"ignore\", \"replace-finished\" or \"replace-always\".")
        }
        let startAt = try body.time("startAt")
        let version = try body.text("version", bytes: 1...OrchestrationVersion.maximumLength)
        if let version, let problem = OrchestrationVersion.problem(version) {
            throw APIProblem.invalid("version", problem, remedy: "Send a version such as \"2.1\", or leave it out.")
        }
        let tags = try body.map("tags", most: 16, keyBytes: 64, valueBytes: 256) ?? [:]
        guard try await names.isKnown(name, to: client) else {
            throw APIProblem(
                .badRequest, .unknownOrchestration, "No host of hub '\(client.hub)' has registered '\(name)'.",
                field: "orchestration", remedy: "/api/v1/hub lists the names that are registered.")
        }
        let instance = try await client.start(
            named: name, input: body.value("input") ?? .null, id: id, ifExists: ifExists, startAt: startAt, tags: tags,
            version: version, awaitingEnd: false)
        return started(instance.id, name)
    }

    func started(_ id: String, _ name: String) -> Response {
        var body = JSONObjectWriter()
        body.add("instanceId", id)
        body.add("orchestration", name)
        return Response(api: body, status: .created, location: "\(Self.base)/instances/\(id.urlEncoded)")
    }

    @Sendable func raise(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let event = try request.variable("eventName")
        if let problem = NameRules.problem(eventName: event) {
            throw APIProblem.invalid(
                "eventName", problem, remedy: "A name has 1 to 100 bytes of UTF-8 without control characters and '/'.")
        }
        let payload = try await request.payload() ?? .null
        // Without a hold limit: a missing instance is 404 at once.
        try await client.raise(named: event, payload, to: id, holdLimit: .zero)
        return .done
    }

    /// Purges ended instances; conditions are needed, so that an empty body removes nothing.
    @Sendable func purgeMatching(_ request: APIRequest) async throws -> Response {
        let body = try await request.object(known: [
            "status", "name", "tag", "prefix", "createdFrom", "createdTo", "timeBudget",
        ])
        guard body.hasMembers(besides: "timeBudget") else {
            throw APIProblem.invalid(
                "body", "There is no condition, so everything that has ended would be purged.",
                remedy: "Name one at least; 'createdTo' with the present time means everything.")
        }
        var query = InstanceQuery(limit: 100)
        for word in try body.texts("status", most: 8) ?? [] {
            guard let status = RuntimeStatus(anyCase: word), status.isTerminal else {
                throw APIProblem.invalid(
                    "status", "Ended instances alone are purged, not '\(word.prefix(100))'.",
                    remedy: "Send Completed, Failed, Terminated or Canceled.")
            }
            query.statuses.append(status)
        }
        query.name = try body.text("name", bytes: 1...100)
        if let name = query.name, let problem = NameRules.problem(name: name) {
            throw APIProblem.invalid("name", problem, remedy: "/api/v1/hub lists the names that are registered.")
        }
        if let text = try body.text("tag", bytes: 1...600) {
            guard let tag = InstanceQuery.Tag(text: text) else {
                throw APIProblem.invalid("tag", "'tag' is not key=value.", remedy: "Send it as \"team=blue\".")
            }
            query.tag = tag
        }
        query.idPrefix = try body.text("prefix", bytes: 1...128)
        query.createdFrom = try body.time("createdFrom")
        query.createdTo = try body.time("createdTo")
        let budget = try body.number("timeBudget", in: 0.1...3600).map { Duration.seconds($0) }
        let result = try await client.purge(matching: query, within: budget) { _ in }
        var answer = JSONObjectWriter()
        answer.add("purged", result.purged)
        if budget != nil { answer.add("isComplete", result.isComplete) }
        return Response(api: answer)
    }
}
#endif
