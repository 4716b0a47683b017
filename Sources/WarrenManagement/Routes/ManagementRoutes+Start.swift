#if HTTP
import Hummingbird
import Logging
import Warren
import WarrenClient

/// Starts an instance, and waits for it.
extension ManagementRoutes {
    /// Starts an instance with the body as its input.
    ///
    /// With an instance ID: an ended instance of that ID is started again, an open one is left unchanged (409).
    @Sendable func start(_ request: ManagementRequest) async throws -> Response {
        let function = try request.segment("function")
        let id = try request.optionalSegment("instance")
        try check(hub: request)
        let version = try version(of: request)
        let wait = try WaitParameters(request.query, maximum: options.maximumWait)
        let input = try await request.optionalJSON()
        let name = try await names.name(of: function, with: client)
        let instance = try await client.start(
            named: name, input: input, id: id, ifExists: .restart, version: version, trace: request.trace)
        logger.info("Started orchestration with ID = '\(instance.id)'.")
        return try await checkStatus(of: instance.id, request, waiting: wait)
    }

    /// 202 with the URLs; or, if the caller waits, the outcome as soon as there is one.
    func checkStatus(
        of id: String, _ request: ManagementRequest, waiting wait: WaitParameters?
    ) async throws -> Response {
        let links = CheckStatus(
            instanceID: id, origin: request.origin, hub: client.hub,
            failureIsServerError: request.query.flag("returnInternalServerErrorOnFailure") ?? false,
            code: access.needsKeys ? request.query["code"] : nil)
        guard let wait else { return links.response }
        // There is no polling: the host answers when the instance ends.
        guard let status = try await client.waitUnlessStopping(for: id, timeout: wait.timeout) else {
            return links.response
        }
        guard status.runtimeStatus == .completed else { return show(status, request) }
        return Response(status: .ok, json: (status.output ?? .null).bytes)
    }

    /// Accepts requests for one hub only.
    func check(hub request: ManagementRequest) throws {
        guard let hub = request.query["taskHub"], hub.lowercased() != client.hub.lowercased() else { return }
        throw ManagementError(argument: "The task hub served here is '\(client.hub)', not '\(hub)'.")
    }

    /// The version with which the instance is to begin; an empty one is none.
    private func version(of request: ManagementRequest) throws -> String? {
        guard let version = request.query["version"], !version.isEmpty else { return nil }
        if let problem = OrchestrationVersion.problem(version) {
            throw ManagementError(argument: "'version': \(problem)")
        }
        return version
    }
}
#endif
