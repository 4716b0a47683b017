#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenManagement
import WarrenTestKit

/// The routes in somebody's own application.
@Suite("Management API: beside other routes", .timeLimit(.minutes(5)))
struct MountedRouteTests {
    /// A context of the application's own.
    private struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        var user = ""

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
        }
    }

    /// Asks for a password, whatever is wanted.
    private struct Password: RouterMiddleware {
        @concurrent
        func handle(
            _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
            guard request.headers[.authorization] == "secret" else { throw HTTPError(.unauthorized) }
            return try await next(request, context)
        }
    }

    private func serving(
        _ options: RouterOptions = [], _ mount: (ManagementRoutes, Router<Context>) -> Void,
        _ body: @escaping @Sendable (API) async throws -> Void
    ) async throws {
        try await withTaskHub { hub in
            Functions.register(with: hub)
            let router = Router(context: Context.self, options: options)
            mount(ManagementRoutes(client: try await hub.client), router)
            try await RouteClient.serving(router) { try await body(API(client: $0)) }
        }
    }

    private static let starts = [
        "/api/orchestrators/Hello/1", "/API/Orchestrators/hello/2",
        "/RUNTIME/webhooks/DURABLETASK/orchestrators/HELLO/3",
    ]

    @Test("On the application's router, beside its own routes and behind its middleware, a path may be in any case")
    func router() async throws {
        try await serving { routes, router in
            router.add(middleware: Password())
            router.get("/api/greeting") { _, _ in "before" }
            routes.add(to: router)
            router.get("/about") { _, _ in "after" }
        } _: { api async throws in
            for path in Self.starts {
                #expect(try await api.post(path).status == 401, "nobody gets round the password: \(path)")
                #expect(try await api.post(path, "7", [.authorization: "secret"]).status == 202, "\(path)")
            }
            for (path, body) in [("/api/greeting", "before"), ("/about", "after")] {
                #expect(try await api.ask(.get, path, nil, [.authorization: "secret"], asItIs: true).body == body)
            }
            // What is the application's own is compared as the application says.
            #expect(try await api.ask(.get, "/ABOUT", nil, [.authorization: "secret"], asItIs: true).status == 404)
        }
    }

    @Test("A route of the application that takes every path leaves ours to us, however they are written")
    func catchAll() async throws {
        try await serving { routes, router in
            routes.add(to: router)
            for method in [HTTPRequest.Method.get, .post] {
                router.on("**", method: method) { _, _ in "page" }
            }
        } _: { api async throws in
            for path in Self.starts { #expect(try await api.post(path, "7").status == 202, "\(path)") }
            #expect(try await api.ask(.get, "/RUNTIME/webhooks/durabletask/INSTANCES/1", nil, [:]).status != 404)
            #expect(try await api.ask(.get, "/anything/else", nil, [:], asItIs: true).body == "page")
        }
    }

    @Test("In a group of a router that compares paths without regard to case, ours are compared so, too")
    func group() async throws {
        try await serving(.caseInsensitive) { routes, router in
            routes.add(to: router.group().add(middleware: Password()))
        } _: { api async throws in
            for path in Self.starts {
                #expect(try await api.post(path).status == 401, "\(path)")
                #expect(try await api.post(path, "7", [.authorization: "secret"]).status == 202, "\(path)")
            }
        }
    }

    @Test("In a group of another router only exact paths are ours, and nothing gets past its middleware")
    func exactGroup() async throws {
        try await serving { routes, router in
            routes.add(to: router.group().add(middleware: Password()))
        } _: { api async throws in
            #expect(try await api.post(Self.starts[0], "7", [.authorization: "secret"]).status == 202)
            for path in Self.starts.dropFirst() { #expect(try await api.post(path, "7").status == 404, "\(path)") }
        }
    }
}
#endif
