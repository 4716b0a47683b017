#if HTTP
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import WarrenSupport

/// Serves a router until the surrounding service group shuts down.
struct RouterService: Service {
    /// The limits of a server.
    struct Limits {
        /// `nil` for no limit.
        var connections: Int?
        var http = HTTP1Channel.Configuration()
        /// Answers requests that need no task.
        var direct: DirectStatuses?
    }

    let place: ListeningPlace
    private let loops: any EventLoopGroup
    private let logger: Logger
    private let application: any ApplicationProtocol
    /// A fault of the configuration, which `run` reports.
    private let fault: (any Error)?

    /// - Parameter onListening: called with the server's address once it listens.
    init<Context: RequestContext & InitializableFromSource<ApplicationRequestContextSource>>(
        _ router: Router<Context>, at place: ListeningPlace, limits: Limits = Limits(), tls: TLSFiles? = nil,
        onListening: @escaping @Sendable (_ url: String) -> Void = { _ in }, logger: Logger
    ) {
        self.place = place
        self.logger = logger
        loops = Self.loops(besideHost: limits.direct != nil)
        let (server, fault) = Self.server(limits, tls, logger)
        self.fault = fault
        application = Application(
            router: router, server: server,
            configuration: .init(
                address: .hostname(place.address, port: place.port), serverName: nil,
                availableConnectionsDelegate: limits.connections.map { MaximumAvailableConnections($0) }),
            onServerRunning: { channel in onListening(place.began(at: channel.localAddress?.port)) },
            eventLoopGroupProvider: .shared(loops),
            logger: ServerLog.logger(logger))
    }

    /// The threads that read and write connections.
    ///
    /// Beside a host on a small machine it is one: a server with many connections then wakes up less often, each time for
    /// more of them, and leaves the other processors to the host.
    private static func loops(besideHost: Bool) -> any EventLoopGroup {
        let all = MultiThreadedEventLoopGroup.singleton
        return besideHost && System.coreCount <= 4 ? all.next() : all
    }

    /// - Returns: the server of connections, and why it must not be used, if so.
    private static func server(
        _ limits: Limits, _ tls: TLSFiles?, _ logger: Logger
    ) -> (HTTPServerBuilder, fault: (any Error)?) {
        let (http, direct) = (limits.http, limits.direct)
        let plain = HTTPServerBuilder { responder in
            LoopChannel(
                base: HTTP1Channel(responder: responder, configuration: http), direct: direct,
                idleTime: http.idleTimeout)
        }
        #if HTTPTLS
        guard let tls else { return (plain, nil) }
        do {
            let context = try TLSContext(tls, logger: logger)
            let server = HTTPServerBuilder { responder in
                LoopChannel(
                    base: TLSChannel(base: HTTP1Channel(responder: responder, configuration: http), context: context),
                    direct: direct, idleTime: http.idleTimeout)
            }
            return (server, nil)
        } catch {
            return (plain, error)
        }
        #else
        return (plain, tls == nil ? nil : ServerError(TLSFiles.missing))
        #endif
    }

    /// Has the connections' threads run before those of a host that fills the processors: what they do is short, and somebody
    /// waits for it.
    private func takePrecedence() {
        for loop in loops.makeIterator() {
            loop.execute { [logger] in
                guard !SystemThread.takePrecedence() else { return }
                logger.debug(
                    "The threads of the HTTP server have no precedence: it takes CAP_SYS_NICE, or LimitNICE=-10")
            }
        }
    }

    /// - Throws: whatever keeps it from listening.
    func run() async throws {
        defer { place.ended() }
        if let fault { throw fault }
        takePrecedence()
        try await application.run()
    }
}
#endif
