#if HTTP
public import Hummingbird
public import Logging
public import ServiceLifecycle
public import WarrenClient
public import WarrenHost
import HummingbirdCore
import NIOCore
import WarrenSupport

/// An HTTP server with everything that there is: `/api/v1`, the routes of Durable Functions, and the dashboard at `/ui`.
///
/// ```swift
/// var configuration = ManagementServer.Configuration()
/// configuration.options.keys = try AccessKeys(file: "/etc/warren/keys.json")
/// let server = ManagementServer(client: client, host: host, configuration: configuration)
/// try await ServiceGroup(services: [host, server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// Run it beside a host, or in a process of its own, as `warren serve` does. Beside a host, and given it, it reads the
/// statuses of the host's own instances without a message.
public struct ManagementServer: Service {
    /// Where and how to listen.
    public struct Configuration: Sendable {
        /// The address. Without keys it has to be one of this machine. Default 127.0.0.1.
        public var address = "127.0.0.1"
        /// The port; 0 for any that is free. Default 7072.
        public var port = 7072
        /// The time after which a connection on which nothing was received for a request is closed. Default 120 s.
        public var idleTime: Duration = .seconds(120)
        /// The number of connections at once; further ones wait. Default 2000.
        public var maximumConnections = 2000
        /// The certificate and the key with which connections are encrypted; `nil` for plain HTTP, which is the default.
        public var tls: TLSFiles?
        /// Keys, limits, and rights of browsers.
        public var options = ManagementOptions()
        /// Called with the address once the server listens, such as `http://127.0.0.1:7072`.
        public var onListening: @Sendable (_ url: String) -> Void = { _ in }

        /// The defaults.
        public init() {}
    }

    private let api: ManagementAPI
    private let service: RouterService
    private let configuration: Configuration
    private let logger: Logger

    /// A server over the hub of a client.
    ///
    /// - Parameters:
    ///   - client: the connection to the hub; it stays open when the server ends.
    ///   - host: the hub's host in this process, if there is one; a host of another hub is not asked.
    ///   - configuration: where and how to listen.
    ///   - logger: for connections, commands, and errors on this side.
    ///   - routes: adds routes of your own, which ask nobody for a key.
    public init(
        client: TaskHubClient, host: TaskHubHost? = nil, configuration: Configuration = .init(),
        logger: Logger = Logger(label: "warren.http"),
        routes: (Router<ManagementContext>) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        // One limit of requests for both faces.
        let parts = ManagementParts(
            client: client, host: host, options: configuration.options, logger: logger)
        api = ManagementAPI(parts)
        let router = Router(context: ManagementContext.self)
        api.add(to: router)
        Dashboard().add(to: router)
        ManagementRoutes(parts).add(to: router)
        routes(router)
        var limits = RouterService.Limits(connections: configuration.maximumConnections)
        limits.http.idleTimeout = TimeAmount(configuration.idleTime)
        limits.http.httpDecoder.maxHeaderListSize = max(16 << 10, configuration.options.maximumHeaderBytes * 2)
        if parts.hasHost { limits.direct = DirectStatuses(parts) }
        service = RouterService(
            router,
            at: ListeningPlace(
                configuration.address, configuration.port, scheme: configuration.tls == nil ? "http" : "https"),
            limits: limits, tls: configuration.tls, onListening: configuration.onListening, logger: logger)
    }

    /// The address at which it listens, such as `http://127.0.0.1:7072`; `nil` if it ended before it came to that. Ask
    /// once.
    public var address: String? { get async { await service.place.url } }

    /// Serves until the surrounding service group shuts down.
    ///
    /// - Throws: ``ServerError`` if it cannot listen, or must not: at an address for other machines without keys.
    public func run() async throws {
        let place = service.place.description
        if configuration.options.keys == nil {
            guard LoopbackAddress.contains(configuration.address) else {
                service.place.ended()
                throw ServerError(
                    "Without keys the HTTP API listens on this machine only, not at \(place): anybody who reaches it could "
                        + "start and end everything. Create keys with 'warren keys create', and give the key file.")
            }
            logger.notice(
                "There are no access keys: every program of this machine may read, start, control and purge",
                metadata: [LogKey.address: "\(place)"])
        }
        do {
            // The feeds end first, so that their readers' connections do not delay the end of the server.
            try await ServiceGroup(services: [service, api], logger: logger).run()
        } catch let error as CancellationError {
            throw error
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(
                "The HTTP API cannot listen at \(place): \(error). Choose another address or port; 0 stands for any port."
            )
        }
    }
}
#endif
