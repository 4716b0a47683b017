import Hummingbird
import HummingbirdTesting
import Warren

/// A sample's routes, asked as a caller asks them.
struct Web: Sendable {
    let client: any TestClientProtocol

    /// Serves a router for as long as the body runs.
    static func serving(
        _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (Web) async throws -> Void
    ) async throws {
        try await Application(router: router).test(.router) { try await body(Web(client: $0)) }
    }

    func get(_ path: String) async throws -> Page { try await ask(.get, path, nil) }

    /// With a JSON body, or none.
    func post(_ path: String, _ body: String? = nil) async throws -> Page { try await ask(.post, path, body) }

    func delete(_ path: String) async throws -> Page { try await ask(.delete, path, nil) }

    private func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String?) async throws -> Page {
        // URLs of answers are whole; the router wants the path.
        let path = path.hasPrefix("http://localhost") ? String(path.dropFirst("http://localhost".count)) : path
        let response = try await client.execute(
            uri: path, method: method, headers: body == nil ? [:] : [.contentType: "application/json"],
            body: body.map { ByteBuffer(string: $0) })
        return Page(
            status: response.status.code, headers: response.headers, body: String(buffer: response.body))
    }
}

/// What a caller gets.
struct Page {
    let status: Int
    let headers: HTTPFields
    let body: String

    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue(Payload(json: body)) }
    }

    /// A member of the body.
    subscript(key: String) -> JSONValue? { (try? json)?[key] }
}
