#if HTTP
import Hummingbird
import Warren
import WarrenClient

/// Controls one instance.
///
/// Where the reference implementation answers 500 because its client threw, the answer here is 409 with the reason: for
/// a second suspend, and a resume of an instance that is not suspended. Every refusal is one round trip: the host
/// refuses by reply, and its answer gives the reason.
extension ManagementRoutes {
    /// Terminates, suspends, resumes, rewinds or restarts.
    @Sendable func operate(_ request: ManagementRequest) async throws -> Response {
        try check(hub: request)
        let id = try request.segment("instance")
        let reason = request.query["reason"]
        switch try request.segment("operation").lowercased() {
        case "terminate": try await client.terminate(id, reason: reason)
        case "suspend":
            if try await client.suspendIfOpen(id, reason: reason) != nil {
                throw ManagementError(.conflict, "The instance '\(id)' is suspended already.", kind: "suspended")
            }
        case "resume":
            if let status = try await client.resumeIfSuspended(id, reason: reason) {
                throw ManagementError(
                    .conflict, "The instance '\(id)' is \(status.rawValue), not Suspended.", kind: "not-suspended")
            }
        case "restart": return try await restart(id, request)
        case "rewind": try await rewind(id)
        default: throw ManagementError(.notFound, "There is no such route.")
        }
        return .accepted
    }

    /// Raises an event. A fault of the instance is reported before a fault of the body.
    @Sendable func raiseEvent(_ request: ManagementRequest) async throws -> Response {
        guard try request.segment("operation").lowercased() == "raiseevent" else {
            throw ManagementError(.notFound, "There is no such route.")
        }
        try check(hub: request)
        let id = try request.segment("instance")
        let event = try request.segment("event")
        let payload: Payload
        do {
            payload = try await self.payload(ofEvent: request)
        } catch {
            _ = try await findOpen(id)
            throw error
        }
        // Without a hold limit: a missing instance is 404 at once.
        try await client.raise(named: event, payload, to: id, holdLimit: .zero, trace: request.trace)
        return .accepted
    }

    private func payload(ofEvent request: ManagementRequest) async throws -> Payload {
        let type = request.header("content-type")?.split(separator: ";").first?.lowercased()
        guard type?.filter({ $0 != " " }) == "application/json" else {
            throw ManagementError(.badRequest, "Only application/json request content is supported")
        }
        return try await request.json()
    }

    /// Starts the same orchestration with the same input again: as a new instance, or under its own ID.
    ///
    /// Hosts have no such operation: a start needs the input, and only the old instance has it, so a restart asks first
    /// and starts then. A refusal is one round trip all the same, as the first answer suffices for it. If the instance
    /// changes between the two, the host refuses the start by reply, without a dead letter.
    private func restart(_ id: String, _ request: ManagementRequest) async throws -> Response {
        let wait = try WaitParameters(request.query, maximum: options.maximumWait)
        guard let status = try await client.status(of: id) else {
            throw ManagementError(argument: "InstanceId does not match a valid orchestration instance.")
        }
        let isNew = request.query.flag("restartWithNewInstanceId") ?? true
        guard isNew || status.runtimeStatus.isTerminal else {
            throw ManagementError(
                .conflict, "The instance '\(id)' exists and is \(status.runtimeStatus.rawValue). Use another ID.",
                kind: "instance-exists")
        }
        guard status.omitted?.contains("input") != true else {
            throw ManagementError(
                .contentTooLarge,
                "The input of the instance '\(id)' is too large to be read back together with its output. Start the "
                    + "orchestration '\(status.name)' with the input itself.", kind: "too-large")
        }
        let instance = try await client.start(
            named: status.name, input: status.input ?? .null, id: isNew ? nil : id, ifExists: .restart,
            tags: status.tags, trace: request.trace)
        return try await checkStatus(of: instance.id, request, waiting: wait)
    }

    /// Rejects a rewind, which hosts cannot do. A fault of the instance is reported before that: one question, which
    /// changes nothing.
    private func rewind(_ id: String) async throws {
        let status = try await find(id).runtimeStatus
        guard status == .failed else {
            throw ManagementError(
                status.isTerminal ? .gone : .preconditionFailed,
                "The instance '\(id)' is \(status.rawValue): only failed ones can be rewound.", kind: "not-failed")
        }
        throw ManagementError(
            .notImplemented, "The hosts of this task hub cannot rewind an instance. Restart it instead.",
            kind: "not-implemented")
    }

    /// - Throws: `ManagementError` with 404 if there is no such instance, 410 if it has ended.
    private func findOpen(_ id: String) async throws -> OrchestrationStatus {
        let status = try await find(id)
        guard !status.runtimeStatus.isTerminal else {
            throw ManagementError(
                .gone, "The instance '\(id)' is \(status.runtimeStatus.rawValue): nothing can reach it any more.",
                kind: "instance-finished")
        }
        return status
    }
}
#endif
