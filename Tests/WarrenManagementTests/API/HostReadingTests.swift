#if HTTP
import Hummingbird
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

@testable import WarrenManagement

@Suite("HTTP API: a server beside the host", .timeLimit(.minutes(1)))
struct HostReadingTests {
    private struct Hub: Sendable {
        /// A server that was given the host, and one that has nothing but a client.
        var near: RouteClient
        var far: RouteClient
        var counting: CountingTransport
    }

    private func running(
        hostOf hub: String = "test", _ body: @escaping @Sendable (Hub) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        let configuration = HostConfiguration(hub: hub, partitionCount: 2)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        let host = try TaskHubHost(configuration, environment: environment, logger: APIBench.quiet)
        Functions.register(with: host)
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            let counting = CountingTransport(transport)
            let client = try await TaskHubClient(
                hub: "test", transport: counting, timeout: .seconds(1), logger: APIBench.quiet)
            try await withCleanUp {
                let near = Self.router(client, host)
                let far = Self.router(client, nil)
                try await RouteClient.serving(near) { near in
                    try await RouteClient.serving(far) { far in
                        try await body(Hub(near: near, far: far, counting: counting))
                    }
                }
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    private static func router(_ client: TaskHubClient, _ host: TaskHubHost?) -> Router<BasicRequestContext> {
        let router = Router()
        ManagementAPI(client: client, host: host, logger: APIBench.quiet).add(to: router)
        ManagementRoutes(client: client, host: host, logger: APIBench.quiet).add(to: router)
        return router
    }

    @Test("It shows instances of its host without a message, as a server elsewhere shows them")
    func sameAnswers() async throws {
        try await running { hub in
            for (name, id) in [("Hello", "done"), ("Waiting", "open")] {
                let body = #"{"orchestration":"\#(name)","id":"\#(id)"}"#
                let started = try await hub.near.ask(
                    .post, "/api/v1/instances", body, [.contentType: "application/json"])
                #expect(started.status == 201, "\(started.body)")
                // What was accepted is seen at once.
                _ = hub.counting.take()
                #expect(try await hub.near.ask(.get, "/api/v1/instances/\(id)").status == 200)
                #expect(hub.counting.take() == 0)
            }
            #expect(try await hub.near.ask(.get, "/api/v1/instances/done?wait=30")["runtimeStatus"] == "Completed")
            try await untilSeen("the other one to wait") {
                try await hub.near.ask(.get, "/api/v1/instances/open")["customStatus"] == "waiting"
            }
            for id in ["done", "open", "nobody"] {
                for base in ["/api/v1", ManagementRoutes.base] {
                    _ = hub.counting.take()
                    let near = try await hub.near.ask(.get, "\(base)/instances/\(id)")
                    #expect(hub.counting.take() == 0)
                    let far = try await hub.far.ask(.get, "\(base)/instances/\(id)")
                    #expect(hub.counting.take() > 0)
                    #expect(near.status == far.status && near.body == far.body, "\(near.body)\n\(far.body)")
                }
            }
        }
    }

    @Test("A host of another hub is not asked")
    func otherHub() async throws {
        try await running(hostOf: "other") { hub in
            let answer = try await hub.near.ask(.get, "/api/v1/instances/a")
            #expect(answer.status == 503 || answer.status == 504, "\(answer.body)")
            #expect(hub.counting.take() > 0)
        }
    }
}
#endif
