#if HTTP
import Hummingbird
import Logging
import Warren
import WarrenClient
import WarrenSupport

/// Starts, controls and purges instances.
extension ManagementAPI {
    private static let policies: [String: ExistingInstance] = [
        "fail": .fail, "ignore": .ignore, "restart": .restart,
    ]

    /// Starts an orchestration; the input passes through as it is written.
    @Sendable func start(_ request: APIRequest) async throws -> Response {
        let body = try await request.object(
            known: ["orchestration", "input", "id", "ifExists", "startAt", "tags", "version"])
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
                "ifExists", "'ifExists' is '\(policy)'.", remedy: "Send \"fail\", \"ignore\" or \"restart\".")
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

    /// Starts the orchestration of an instance again, with the same input and tags.
    ///
    /// Hosts have no such operation: a start needs the input, and only the old instance has it. If the instance changes
    /// between the question and the start, the host refuses the start.
    @Sendable func restart(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let body = try await request.object(known: ["newId"], isOptional: true)
        let hasNewID = try body.bool("newId") ?? true
        let status = try await find(id)
        guard status.omitted?.contains("input") != true else {
            throw APIProblem(
                .contentTooLarge, .tooLarge,
                "The input of '\(id)' is too large to be read back together with its output.", field: "instanceId",
                remedy: "Start '\(status.name)' with the input itself.")
        }
        guard hasNewID || status.runtimeStatus.isTerminal else {
            throw APIProblem(
                .conflict, .instanceExists, "The instance '\(id)' is \(status.runtimeStatus.rawValue).",
                field: "newId",
                remedy: "Terminate it first, or start a new instance with 'newId': true.")
        }
        let instance = try await client.start(
            named: status.name, input: status.input ?? .null, id: hasNewID ? nil : id, ifExists: .restart,
            tags: status.tags, awaitingEnd: false)
        return started(instance.id, status.name)
    }

    private func started(_ id: String, _ name: String) -> Response {
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
        let payload = try await request.json()?.payload ?? .null
        // Without a hold limit: a missing instance is 404 at once.
        try await client.raise(named: event, payload, to: id, holdLimit: .zero)
        return .done
    }

    @Sendable func terminate(_ request: APIRequest) async throws -> Response {
        let (id, reason) = try await target(request)
        try await client.terminate(id, reason: reason)
        return .done
    }

    @Sendable func suspend(_ request: APIRequest) async throws -> Response {
        let (id, reason) = try await target(request)
        if try await client.suspendIfOpen(id, reason: reason) != nil {
            throw APIProblem(
                .conflict, .suspended, "The instance '\(id)' is suspended already.", field: "instanceId",
                remedy: "Resume it, if that is what you want.")
        }
        return .done
    }

    @Sendable func resume(_ request: APIRequest) async throws -> Response {
        let (id, reason) = try await target(request)
        if let status = try await client.resumeIfSuspended(id, reason: reason) {
            throw APIProblem(
                .conflict, .notSuspended, "The instance '\(id)' is \(status.rawValue), not Suspended.",
                field: "instanceId", remedy: "Suspend it before, or leave it running.")
        }
        return .done
    }

    /// The instance and the reason of a control command.
    private func target(_ request: APIRequest) async throws -> (id: String, reason: String?) {
        let id = try request.instanceID
        let body = try await request.object(known: ["reason"], isOptional: true)
        return (id, try body.text("reason", bytes: 0...4096))
    }

    @Sendable func purge(_ request: APIRequest) async throws -> Response {
        try await client.purge(try request.instanceID)
        return .done
    }

    /// Purges ended instances; conditions are needed, so that an empty body removes nothing.
    @Sendable func purgeMatching(_ request: APIRequest) async throws -> Response {
        let body = try await request.object(known: ["status", "name", "tag", "prefix", "createdFrom", "createdTo"])
        guard !body.isEmpty else {
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
        var answer = JSONObjectWriter()
        answer.add("purged", try await client.purge(matching: query))
        return Response(api: answer)
    }
}
#endif
