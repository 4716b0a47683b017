#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenManagement
import WarrenTestKit

/// What web pages may do here that a user of this machine looks at.
@Suite("Management API: browsers", .timeLimit(.minutes(5)))
struct BrowserGuardTests {
    private static let changes: [(HTTPRequest.Method, String)] = [
        (.post, "/api/orchestrators/Hello"), (.post, "/api/orchestrators/Hello/x"), (.post, "/orchestrators/Hello"),
        (.post, "/instances/w/raiseEvent/Go"), (.post, "/instances/w/terminate"), (.post, "/instances/w/suspend"),
        (.post, "/instances/w/resume"), (.post, "/instances/w/restart"), (.post, "/instances/w/rewind"),
        (.delete, "/instances/w"), (.delete, "/instances?createdTimeFrom=2000-01-01"),
        (.post, "/API/orchestrators/hello"),
    ]

    @Test("Pages of other origins change nothing, whatever the route", arguments: changes)
    func otherOrigins(method: HTTPRequest.Method, path: String) async throws {
        try await API.serving(register: Functions.register) { api, hub in
            #expect(try await api.post("/api/orchestrators/Waiting/w").status == 202)
            await hub.rest()
            let before = try await api.get("/instances").body
            for origin in ["https://evil.example", "null", "http://localhost:9999", "http://localhost.evil.example"] {
                let refused = try await api.ask(
                    method, path, "true", [.origin: origin, .contentType: "application/json"])
                #expect(refused.status == 403, "\(origin)")
                #expect(refused["ExceptionType"] == "origin-not-allowed")
                #expect(refused["Message"]?.stringValue?.contains("ManagementOptions.allowedOrigins") == true)
            }
            await hub.rest()
            #expect(try await api.get("/instances").body == before)
        }
    }

    @Test("A page whose name was made to point here changes nothing: its host is none of ours")
    func rebinding() async throws {
        try await API.serving(register: Functions.register) { _, hub in
            let client = try await hub.client
            for (host, origin, expected) in [
                ("evil.example:7071", "http://evil.example:7071", 403), ("evil.example", nil, 403),
                ("localhost.evil.example", nil, 403), ("127.0.0.1.evil.example", nil, 403), ("1.2.3", nil, 403),
                ("localhost:7071", "http://localhost:7071", 202), ("LOCALHOST", nil, 202),
                ("app.localhost:1", nil, 202),
                ("127.0.0.1:7071", "http://127.0.0.1:7071", 202), ("[::1]:7071", "http://[::1]:7071", 202),
                ("192.168.7.9", nil, 202), ("localhost", "http://localhost:80", 202),
                ("localhost:7071", "http://localhost:7072", 403), ("localhost", "https://localhost", 403),
            ] as [(String, String?, Int)] {
                let status = try await Self.start(client, .init(), host, origin)
                #expect(status == expected, "\(host), \(origin ?? "no origin")")
            }
        }
    }

    @Test("Hosts and origins that are configured are ours")
    func configured() async throws {
        try await API.serving(register: Functions.register) { _, hub in
            let client = try await hub.client
            var options = ManagementOptions()
            options.allowedHosts = ["Warren.example.com", "other.example.com:8080"]
            options.allowedOrigins = ["https://Ops.example.com", "null"]
            for (host, origin, expected) in [
                ("warren.example.com", nil, 202), ("WARREN.example.com:7071", "https://ops.example.com", 202),
                ("warren.example.com", "https://ops.example.com:443", 202), ("localhost", "null", 202),
                ("warren.example.com", "http://warren.example.com", 202), ("other.example.com:8080", nil, 202),
                ("other.example.com", nil, 403), ("localhost", "https://ops.example.com.evil.example", 403),
            ] as [(String, String?, Int)] {
                let status = try await Self.start(client, options, host, origin)
                #expect(status == expected, "\(host), \(origin ?? "no origin")")
            }
            options.allowedOrigins = ["*"]
            #expect(try await Self.start(client, options, "localhost", "https://any.example") == 202)
        }
    }

    @Test("Looking is open to programs under any name, as before")
    func looking() async throws {
        try await API.serving(register: Functions.register) { api, _ async throws in
            #expect(try await api.get("/instances", [.origin: "https://evil.example"]).status == 200)
        }
    }

    /// The status of a start that says which host it is for.
    private static func start(
        _ client: TaskHubClient, _ options: ManagementOptions, _ host: String, _ origin: String?
    ) async throws -> Int {
        let router = Router()
        ManagementRoutes(client: client, options: options).add(to: router)
        return try await BareRequest(.post, "/api/orchestrators/Hello", host: host, origin: origin).answer(of: router)
            .status
    }
}
#endif
