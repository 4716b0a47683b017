#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Operators' commands for one instance.
extension ManagementAPI {
    @Sendable func terminate(_ request: APIRequest) async throws -> Response {
        let target = try await target(request)
        try await client.terminate(target.id, reason: target.reason, recursive: target.isRecursive)
        return .done
    }

    @Sendable func suspend(_ request: APIRequest) async throws -> Response {
        let target = try await target(request)
        let unchanged = try await client.suspendIfOpen(
            target.id, reason: target.reason, recursive: target.isRecursive)
        // Its sub-orchestrations may not have been suspended.
        if unchanged != nil, !target.isRecursive {
            throw APIProblem(
                .conflict, .suspended, "The instance '\(target.id)' is suspended already.", field: "instanceId",
                remedy: "Resume it, if that is what you want.")
        }
        return .done
    }

    @Sendable func resume(_ request: APIRequest) async throws -> Response {
        let target = try await target(request)
        let unchanged = try await client.resumeIfSuspended(
            target.id, reason: target.reason, recursive: target.isRecursive)
        if let status = unchanged, !target.isRecursive {
            throw APIProblem(
                .conflict, .notSuspended, "The instance '\(target.id)' is \(status.rawValue), not Suspended.",
                field: "instanceId", remedy: "Suspend it before, or leave it running.")
        }
        return .done
    }

    @Sendable func rewind(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let body = try await request.object(known: ["reason"], isOptional: true)
        try await client.rewind(id, reason: try body.text("reason", bytes: 0...4096))
        return .done
    }

    /// Resets an instance to a point; the answer names the children that are cut off.
    @Sendable func reset(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let body = try await request.object(known: ["beforeEvent", "dropEvents", "recursive", "reason"])
        guard let number = try body.integer("beforeEvent", in: 1...Int(Int32.max)) else {
            throw APIProblem.invalid(
                "beforeEvent", "The body has no 'beforeEvent'.",
                remedy: "Send the number of the event before which it goes on: the history's first event has number 1.")
        }
        let children = try await client.reset(
            id, toBefore: number, droppingEvents: try body.bool("dropEvents") ?? false,
            recursive: try body.bool("recursive") ?? false, reason: try body.text("reason", bytes: 0...4096))
        var answer = JSONObjectWriter()
        answer.add("children", children)
        return Response(api: answer)
    }

    /// Starts the orchestration of an instance again, with the same input and tags.
    @Sendable func restart(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let body = try await request.object(known: ["newId"], isOptional: true)
        let hasNewID = try body.bool("newId") ?? true
        let status = try await find(id)
        let running: String
        do {
            running = try await hasNewID ? client.restartAnew(id) : client.restart(id)
        } catch let error as ClientError where error.code == .instanceNotFinished {
            throw APIProblem(
                .conflict, .instanceExists, "The instance '\(id)' is \(status.runtimeStatus.rawValue).", field: "newId",
                remedy: "Terminate it first, or start a new instance with 'newId': true.")
        }
        return started(running, status.name)
    }

    @Sendable func purge(_ request: APIRequest) async throws -> Response {
        try await client.purge(try request.instanceID, recursive: try request.query.bool("recursive") ?? true)
        return .done
    }

    /// Raises an event to an instance, which is started first if it does not exist.
    @Sendable func startWithEvent(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let body = try await request.object(
            known: ["event", "payload", "orchestration", "input", "ifFinished", "tags"], opaque: ["payload", "input"])
        guard let event = try body.text("event", bytes: 1...100) else {
            throw APIProblem.invalid("event", "The body has no 'event'.", remedy: "Name the event that is raised.")
        }
        if let problem = NameRules.problem(eventName: event) {
            throw APIProblem.invalid(
                "event", problem, remedy: "A name has 1 to 100 bytes of UTF-8 without control characters and '/'.")
        }
        guard let name = try body.text("orchestration", bytes: 1...100) else {
            throw APIProblem.invalid(
                "orchestration", "The body has no 'orchestration'.",
                remedy: "Name one: /api/v1/hub lists those that are registered.")
        }
        if let problem = NameRules.problem(name: name) {
            throw APIProblem.invalid(
                "orchestration", problem, remedy: "/api/v1/hub lists the names that are registered.")
        }
        let policy = try body.text("ifFinished", bytes: 0...20) ?? "fail"
        guard ["fail", "replace"].contains(policy) else {
            throw APIProblem.invalid(
                "ifFinished", "'ifFinished' is '\(policy)'.", remedy: "Send \"fail\" or \"replace\".")
        }
        try await client.raise(
            named: event, body.value("payload") ?? .null, to: id, orStart: name, input: body.value("input") ?? .null,
            ifFinished: policy == "replace" ? .replaceFinished : .ignore,
            tags: try body.map("tags", most: 16, keyBytes: 64, valueBytes: 256) ?? [:])
        return .done
    }

    /// The parts of a control command.
    private struct Target {
        var id: String
        var reason: String?
        var isRecursive: Bool
    }

    private func target(_ request: APIRequest) async throws -> Target {
        let id = try request.instanceID
        let body = try await request.object(known: ["reason", "recursive"], isOptional: true)
        return Target(
            id: id, reason: try body.text("reason", bytes: 0...4096),
            isRecursive: try body.bool("recursive") ?? false)
    }
}
#endif
