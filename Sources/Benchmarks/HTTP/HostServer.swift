import Logging

#if HTTP
import ServiceLifecycle
import WarrenClient
import WarrenManagement
import WarrenMessaging
#endif

/// The HTTP API in the process of the host, as the samples serve it.
struct HostServer: HTTPServer {
    let url: String
    #if HTTP
    private let client: TaskHubClient
    private let group: ServiceGroup
    private let running: Task<Void, any Error>
    #endif

    /// Starts it, and waits until it listens.
    ///
    /// - Throws: `BenchError` if this program was built without the trait `HTTP`.
    static func start(beside hub: BenchHub, broker: String, logger: Logger) async throws -> HostServer {
        #if HTTP
        let client = try await TaskHubClient.connect(broker: broker, hub: hub.name.text, logger: logger)
        var configuration = ManagementServer.Configuration()
        configuration.port = 0
        configuration.options.requestsPerSecond = nil
        var quiet = logger
        quiet.logLevel = .error
        let server = ManagementServer(client: client, host: hub.host, configuration: configuration, logger: quiet)
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
        let running = Task { try await group.run() }
        guard let url = await server.address else {
            await client.close()
            throw BenchError(.host, "The HTTP API beside the host did not start")
        }
        return HostServer(url: url, client: client, group: group, running: running)
        #else
        throw BenchError(
            .host,
            "This program has no HTTP API: build it with 'swift build -c release --traits HTTP --product warren-bench'"
        )
        #endif
    }

    func stop() async {
        #if HTTP
        await group.triggerGracefulShutdown()
        _ = await running.result
        await client.close()
        #endif
    }
}
