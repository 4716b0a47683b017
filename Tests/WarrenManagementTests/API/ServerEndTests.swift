#if HTTP
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import WarrenManagement

@Suite("HTTP API: the end of a server", .timeLimit(.minutes(1)))
struct ServerEndTests {
    /// Keeps what is logged at notice and above.
    private struct Lines: LogHandler {
        final class Kept: Sendable {
            let lines = Mutex<[String]>([])
        }

        let kept = Kept()
        var logLevel = Logger.Level.notice
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { kept.lines.withLock { $0.append("\(event.level): \(event.message)") } }
    }

    @Test("A server that is cancelled with a connection open ends, and logs no error", arguments: [false, true])
    func cancelled(inGroups: Bool) async throws {
        try await APIBench.running { bench in
            let lines = Lines()
            let logger = Logger(label: "test") { _ in lines }
            var configuration = ManagementServer.Configuration()
            configuration.port = 0
            let server = ManagementServer(client: bench.hub, configuration: configuration, logger: logger)
            let running = Task {
                guard inGroups else { return try await server.run() }
                // As in a program whose services are groups of services.
                try await ServiceGroup(
                    services: [ServiceGroup(services: [server], logger: APIBench.quiet)], logger: APIBench.quiet
                ).run()
            }
            let port = try #require(await server.address?.split(separator: ":").last.flatMap { Int($0) })
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
                host: "127.0.0.1", port: port
            ).get()
            #expect(try await RouteClient(port: port).ask(.get, "/api/v1/me").status == 200)
            running.cancel()
            _ = await running.result
            try await channel.closeFuture.get()
            let errors = lines.kept.lines.withLock { $0 }.filter { !$0.hasPrefix("notice") }
            #expect(errors == [])
        }
    }
}
#endif
