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
        case "terminate":
            try await client.terminate(id, reason: reason, recursive: request.query.flag("recursive") ?? false)
        case "suspend":
            let isRecursive = request.query.flag("recursive") ?? false
            if try await client.suspendIfOpen(id, reason: reason, recursive: isRecursive) != nil, !isRecursive {
                throw ManagementError(.conflict, "The instance '\(id)' is suspended already.", kind: "suspended")
            }
        case "resume":
            let isRecursive = request.query.flag("recursive") ?? false
            if let status = try await client.resumeIfSuspended(id, reason: reason, recursive: isRecursive),
                !isRecursive
            {
                throw ManagementError(
                    .conflict, "The instance '\(id)' is \(status.rawValue), not Suspended.", kind: "not-suspended")
            }
        case "restart": return try await restart(id, request)
        case "rewind": try await rewind(id, reason)
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
    private func restart(_ id: String, _ request: ManagementRequest) async throws -> Response {
        let wait = try WaitParameters(request.query, maximum: options.maximumWait)
        let isNew = request.query.flag("restartWithNewInstanceId") ?? true
        do {
            let running = try await isNew ? client.restartAnew(id) : client.restart(id)
            return try await checkStatus(of: running, request, waiting: wait)
        } catch let error as ClientError where error.code == .instanceNotFound {
            throw ManagementError(argument: "InstanceId does not match a valid orchestration instance.")
        } catch let error as ClientError where error.code == .instanceNotFinished {
            throw ManagementError(.conflict, error.message, kind: "instance-exists")
        }
    }

    /// Rewinds a failed instance.
    ///
    /// One that has not failed is 410 if it has ended, as older versions of the reference have it, and 412 if it goes on.
    private func rewind(_ id: String, _ reason: String?) async throws {
        do {
            try await client.rewind(id, reason: reason)
        } catch let error as ClientError where error.code == .instanceNotFailed {
            // The host's words have the status; to ask for it would take another round trip.
            let status = RuntimeStatus.allCases.first { error.message.contains("' is \($0.rawValue):") }
            throw ManagementError(
                status?.isTerminal == true ? .gone : .preconditionFailed,
                "The instance '\(id)' is \(status?.rawValue ?? "not Failed"): only failed ones can be rewound.",
                kind: "not-failed")
        } catch let error as ClientError where error.reason == "unknown-verb" {
            throw ManagementError(
                .notImplemented, "The instance's host has a version that cannot rewind. Restart the instance instead.",
                kind: "not-implemented")
        }
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
