#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Asks orchestrators about their state, and changes it.
extension ManagementAPI {
    /// Asks an orchestrator; the body is the input.
    @Sendable func query(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let name = try handlerName(request, "queryName")
        let input = try await request.payload() ?? .null
        return try await answer("queryName") { try await client.query(named: name, input, of: id) }
    }

    /// Sends an update; the body is the input.
    @Sendable func update(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let name = try handlerName(request, "updateName")
        let updateID = try request.query.text("updateId", bytes: 1...128)
        let input = try await request.payload() ?? .null
        return try await answer("updateName") {
            try await client.update(named: name, input, of: id, updateID: updateID)
        }
    }

    private func handlerName(_ request: APIRequest, _ variable: String) throws -> String {
        let name = try request.variable(variable)
        if let problem = NameRules.problem(name: name) {
            throw APIProblem.invalid(variable, problem, remedy: "Send a name that the orchestrator registers.")
        }
        return name
    }

    private func answer(_ field: String, _ ask: () async throws -> Payload) async throws -> Response {
        do {
            var body = JSONObjectWriter()
            body.add("result", raw: try await ask().bytes)
            return Response(api: body)
        } catch let failure as HandlerFailure {
            throw APIProblem.handlerFailed(failure, field: field)
        }
    }
}

extension APIProblem {
    /// 422 for the failure of a handler.
    static func handlerFailed(_ failure: HandlerFailure, field: String) -> APIProblem {
        APIProblem(
            .unprocessableContent, .handlerFailed, "\(failure.details.type): \(failure.details.message)", field: field,
            remedy: "The handler failed, and the instance goes on. See the orchestrator's code for what it throws.")
    }
}
#endif
