import Hummingbird
import HummingbirdTesting
import TestSupport

/// A sample's routes, asked as a caller asks them.
struct Web: Sendable {
    let client: any TestClientProtocol

    /// Serves a router for as long as the body runs.
    static func serving(
        _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (Web) async throws -> Void
    ) async throws {
        try await Application(router: router).test(.router) { try await body(Web(client: $0)) }
    }

    func get(_ path: String) async throws -> Answer { try await ask(.get, path, nil) }

    /// With a JSON body, or none.
    func post(_ path: String, _ body: String? = nil) async throws -> Answer { try await ask(.post, path, body) }

    func delete(_ path: String) async throws -> Answer { try await ask(.delete, path, nil) }

    private func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String?) async throws -> Answer {
        // URLs of answers are whole; the router wants the path.
        let path = path.hasPrefix("http://localhost") ? String(path.dropFirst("http://localhost".count)) : path
        let response = try await client.execute(
            uri: path, method: method, headers: body == nil ? [:] : [.contentType: "application/json"],
            body: body.map { ByteBuffer(string: $0) })
        return Answer(status: response.status, headers: response.headers, body: response.body)
    }
}
