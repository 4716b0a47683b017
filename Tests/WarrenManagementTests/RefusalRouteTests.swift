import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenManagement
import WarrenMessaging

/// What a mistake over HTTP leaves behind: an answer, and nothing else.
@Suite("Management API: refusals", .timeLimit(.minutes(5)))
struct RefusalRouteTests {
    private static let waiting = Orchestration<Void, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")

    /// A host inside the process whose transport can be looked into.
    private func serving(_ body: @escaping @Sendable (any TestClientProtocol, InProcessTransport) async throws -> Void)
        async throws
    {
        let transport = InProcessTransport()
        let configuration = HostConfiguration(hub: "test", partitionCount: 2)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let host = try TaskHubHost(configuration, environment: environment, logger: logger)
        host.register(Self.waiting) { context in try await context.wait(for: Self.go) }
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            let client = try await TaskHubClient(hub: "test", transport: transport, logger: logger)
            let router = Router()
            ManagementRoutes(client: client, logger: logger).add(to: router)
            try await withCleanUp {
                try await Application(router: router, logger: logger).test(.router) { try await body($0, transport) }
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    @Test("400, 404, 409, 410 and 412 leave no dead letter, and none of them waits")
    func noDeadLetter() async throws {
        try await serving { http, transport in
            func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async throws -> Int {
                let path = path.hasPrefix("/api") ? path : API.base + path
                return try await http.execute(
                    uri: path, method: method, headers: [.contentType: "application/json"],
                    body: ByteBuffer(string: body)
                ) { $0.status.code }
            }
            #expect(try await ask(.post, "/api/orchestrators/Waiting/w") == 202)
            #expect(try await ask(.post, "/api/orchestrators/Waiting/done") == 202)
            #expect(try await ask(.post, "/instances/done/terminate") == 202)
            for (method, path, body, status) in [
                (.post, "/api/orchestrators/Waiting/w", "", 409), (.post, "/instances/w/resume", "", 409),
                (.delete, "/instances/w", "", 412), (.delete, "/instances/nobody", "", 404),
                (.post, "/instances/w/raiseEvent/Go", "{", 400),
                (.post, "/instances/nobody/raiseEvent/Go", "true", 404),
                (.post, "/instances/done/raiseEvent/Go", "true", 410),
                (.post, "/instances/done/raiseEvent/Go", "{", 410),
                (.post, "/instances/nobody/raiseEvent/Go", "{", 404), (.post, "/instances/w/rewind", "", 412),
                (.post, "/instances/w/restart?restartWithNewInstanceId=false", "", 409),
                (.post, "/instances/nobody/restart", "", 400), (.post, "/api/orchestrators/Nothing", "", 400),
                (.post, "/api/orchestrators/Waiting", "{", 400), (.post, "/api/orchestrators/Waiting/a%23b", "", 400),
                (.post, "/api/orchestrators/Waiting?version=2", "", 400),
            ] as [(HTTPRequest.Method, String, String, Int)] {
                #expect(try await ask(method, path, body) == status, "\(method) \(path) \(body)")
            }
            for operation in ["terminate", "suspend", "resume"] {
                #expect(try await ask(.post, "/instances/done/\(operation)") == 410)
                #expect(try await ask(.post, "/instances/nobody/\(operation)") == 404)
            }
            let names = try TaskHubName("test")
            #expect(try await transport.depth(of: names.deadQueue) == 0)
        }
    }
}
