#if HTTP
import Hummingbird
import TestSupport

/// A sample's routes, asked as a caller asks them.
struct Web: Sendable {
    let client: RouteClient

    /// Serves a router for as long as the body runs.
    static func serving(
        _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (Web) async throws -> Void
    ) async throws {
        try await RouteClient.serving(router) { try await body(Web(client: $0)) }
    }

    func get(_ path: String) async throws -> Answer { try await ask(.get, path, nil) }

    /// With a JSON body, or none.
    func post(_ path: String, _ body: String? = nil) async throws -> Answer { try await ask(.post, path, body) }

    func delete(_ path: String) async throws -> Answer { try await ask(.delete, path, nil) }

    private func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String?) async throws -> Answer {
        // URLs of answers are whole; the router wants the path.
        let path = path.hasPrefix("http://localhost") ? String(path.dropFirst("http://localhost".count)) : path
        return try await client.ask(method, path, body, body == nil ? [:] : [.contentType: "application/json"])
    }
}
#endif
