import ArgumentParser
import WarrenClient
import WarrenConfiguration

#if HTTP
import Logging
import ServiceLifecycle
import UnixSignals
import WarrenManagement
#endif

/// `warren serve`
struct ServeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the HTTP API and the dashboard of a task hub.",
        discussion: """
            Answers for every instance of the hub, whichever host has it: at /api/v1 (described by \
            /api/v1/openapi.json), at the routes of Durable Functions (/runtime/webhooks/durabletask), and with a page \
            for people at /ui. It needs the broker and nothing else, and any number of such servers may run.

            Without --keys it listens on this machine only, and every program here may do everything. With --keys each \
            request needs a key: 'warren keys create' makes one. Commands are logged on standard error, one line each: \
            the key, the command, the instance, the status; never a payload.

            With --tls-certificate and --tls-key it speaks HTTPS, if this tool was built with the trait HTTPTLS. Both \
            files are PEM, and are read again when they change. Else put a proxy that ends TLS in front of it.

            All of it can stand in the file of the configuration, as keys http.… ('warren config keys').

            EXAMPLES
              warren serve
              warren serve --port 8080 --hub orders
              warren serve --address 0.0.0.0 --keys /etc/warren/keys.json
              curl http://127.0.0.1:7072/api/v1/instances?status=failed
            """)

    // Each option stands for a key of the configuration, which has its default: the help names the key, or the default.
    @Option(
        help: .init(
            "The address to listen at; without --keys one of this machine (WARREN_HTTP_ADDRESS, else 127.0.0.1).",
            valueName: "address"))
    var address: String?
    @Option(
        help: .init(
            "The port to listen at; 0 for any that is free, which is printed (WARREN_HTTP_PORT, else 7072).",
            valueName: "port"))
    var port: String?
    @Option(help: .init("The file of access keys (WARREN_KEYS, else none).", valueName: "file"))
    var keys: String?
    @Option(
        name: .customLong("cors"),
        help: .init(
            "The origin of web pages that may use the API; may be repeated (WARREN_HTTP_ORIGINS, else none).",
            valueName: "origin"))
    var origins: [String] = []
    @Option(
        help: .init(
            """
            The number of requests per second of one key, or of one address; 0 for no limit \
            (WARREN_HTTP_REQUESTS_PER_SECOND, else 20000).
            """, valueName: "n"))
    var rate: String?
    @Option(
        help: .init(
            "The maximum size of a request's body (WARREN_HTTP_MAXIMUM_BODY, else 1MiB).", valueName: "bytes"))
    var maxBody: String?
    @Option(
        help: .init("The number of event streams at once (WARREN_HTTP_MAXIMUM_STREAMS, else 200).", valueName: "n"))
    var maxStreams: String?
    @Option(
        help: .init(
            """
            The file of the certificate and its issuers (PEM); with --tls-key (WARREN_HTTP_TLS_CERTIFICATE, else no TLS).
            """, valueName: "file"))
    var tlsCertificate: String?
    @Option(
        help: .init("The file of the certificate's private key (PEM) (WARREN_HTTP_TLS_KEY).", valueName: "file"))
    var tlsKey: String?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        _ = try settings()
    }

    /// Reads the keys `http.…` from the options, the environment and the file.
    private func settings() throws -> LoadedConfiguration.HTTP {
        let options = [
            ("http.address", address, "--address"), ("http.port", port, "--port"), ("http.keys", keys, "--keys"),
            ("http.origins", origins.isEmpty ? nil : origins.joined(separator: ","), "--cors"),
            ("http.requestsPerSecond", rate, "--rate"), ("http.maximumBody", maxBody, "--max-body"),
            ("http.maximumStreams", maxStreams, "--max-streams"),
            ("http.tlsCertificate", tlsCertificate, "--tls-certificate"), ("http.tlsKey", tlsKey, "--tls-key"),
        ]
        return try connection.configuration.http(
            options.compactMap { key, value, option in value.map { .init(key, $0, option: option) } })
    }

    #if HTTP
    func run() async throws {
        var logger = Logger(label: "warren.serve", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .info
        let settings = try settings()
        var server = ManagementServer.Configuration()
        server.address = settings.address
        server.port = settings.port
        server.tls = settings.tls.map { TLSFiles(certificate: $0.certificate, key: $0.key) }
        server.options.crossOrigins = settings.origins
        server.options.requestsPerSecond = settings.requestsPerSecond
        server.options.maximumBodyBytes = settings.maximumBodyBytes
        server.options.maximumStreams = settings.maximumStreams
        if let keys = settings.keys {
            do {
                server.options.keys = try AccessKeys(file: keys, logger: logger)
            } catch let error as AccessKeyError {
                throw UsageError(error.message)
            }
        }
        let isJSON = connection.json
        let hub = connection.hubName
        server.onListening = { url in
            Console.out(isJSON ? "{\"url\":\"\(url)\"}" : "ready: hub \(hub) at \(url)/api/v1, dashboard at \(url)/ui")
        }
        let configuration = server
        let serverLogger = logger
        try await connection.withClient { client in
            let server = ManagementServer(client: client, configuration: configuration, logger: serverLogger)
            do {
                try await ServiceGroup(
                    services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.silent
                ).run()
            } catch let error as ServerError {
                throw UsageError(error.message)
            }
        }
    }

    /// A logger for what people do not need to know of the start and the end.
    private static var silent: Logger { Logger(label: "warren.serve", factory: { _ in SwiftLogNoOpLogHandler() }) }
    #else
    func run() async throws { throw UsageError(WithoutHTTP.explanation(of: "serve")) }
    #endif
}
