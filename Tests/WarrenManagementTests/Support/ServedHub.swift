#if HTTP
import Hummingbird
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenManagement
import WarrenMessaging

/// The routes over a transport that can be looked into, with a host behind it or without one.
struct ServedHub: Sendable {
    let api: API
    /// What the client of the routes publishes over.
    let counting: CountingTransport
    let transport: InProcessTransport

    static var names: TaskHubName { get throws { try TaskHubName("test") } }

    /// Serves the routes of a hub that a host runs inside the process.
    static func running(
        _ options: ManagementOptions = .init(), configure: (inout HostConfiguration) -> Void = { _ in },
        register: (TaskHubHost) -> Void, _ body: @escaping @Sendable (ServedHub) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        var configuration = HostConfiguration(hub: "test", partitionCount: 2)
        configure(&configuration)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        let host = try TaskHubHost(configuration, environment: environment, logger: quiet)
        register(host)
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            try await serving(transport, options, body)
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    /// Serves the routes over a transport, whatever is behind it.
    static func serving(
        _ transport: InProcessTransport, _ options: ManagementOptions = .init(), blockedReason: String? = nil,
        timeout: Duration = .seconds(30), afterConnecting: (TaskHubClient) async -> Void = { _ in },
        _ body: @escaping @Sendable (ServedHub) async throws -> Void
    ) async throws {
        let counting = CountingTransport(transport, blockedReason: blockedReason)
        let client = try await TaskHubClient(hub: "test", transport: counting, timeout: timeout, logger: quiet)
        await afterConnecting(client)
        let router = Router()
        ManagementRoutes(client: client, options: options, logger: quiet).add(to: router)
        try await withCleanUp {
            try await RouteClient.serving(router) { http in
                try await body(ServedHub(api: API(client: http), counting: counting, transport: transport))
            }
        } afterwards: {
            await client.close()
        }
    }

    private static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// How many dead letters there are.
    var deadLetters: Int { get async throws { try await transport.depth(of: try Self.names.deadQueue) } }
}
#endif
