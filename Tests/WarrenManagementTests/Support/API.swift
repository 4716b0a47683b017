#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenManagement
import WarrenTestKit

/// The management routes over a hub in virtual time, asked as a caller asks them.
struct API: Sendable {
    let client: RouteClient

    static let base = "/runtime/webhooks/durabletask"

    /// Runs a test with a hub's routes, on the router or over a socket.
    static func serving(
        _ options: ManagementOptions = .init(), over way: RouteClient.Way = .router, register: (TestHub) -> Void,
        _ body: @escaping @Sendable (API, TestHub) async throws -> Void
    ) async throws {
        try await withTaskHub { hub in
            register(hub)
            let router = Router()
            ManagementRoutes(client: try await hub.client, options: options).add(to: router)
            try await RouteClient.serving(router, over: way) { try await body(API(client: $0), hub) }
        }
    }

    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Answer {
        try await ask(.get, path, nil, headers)
    }

    func post(_ path: String, _ body: String = "", _ headers: HTTPFields = [:]) async throws -> Answer {
        try await ask(.post, path, body, headers)
    }

    /// With the content type that events need.
    func postJSON(_ path: String, _ body: String) async throws -> Answer {
        try await post(path, body, [.contentType: "application/json"])
    }

    func delete(_ path: String) async throws -> Answer { try await ask(.delete, path, nil, [:]) }

    /// - Parameter asItIs: whether the path is a whole one; one that begins with a base of ours is always.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String?, _ headers: HTTPFields, asItIs: Bool = false
    ) async throws -> Answer {
        let isWhole = asItIs || ["/api", "/runtime", "/admin"].contains { path.lowercased().hasPrefix($0) }
        return try await client.ask(method, isWhole ? path : Self.base + path, body, headers)
    }
}
#endif
