import ArgumentParser
import WarrenClient

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

            EXAMPLES
              warren serve
              warren serve --port 8080 --hub orders
              warren serve --address 0.0.0.0 --keys /etc/warren/keys.json
              curl http://127.0.0.1:7072/api/v1/instances?status=failed
            """)

    @Option(help: .init("The address to listen at; without --keys one of this machine.", valueName: "address"))
    var address = "127.0.0.1"
    @Option(help: .init("The port to listen at; 0 for any that is free, which is printed.", valueName: "port"))
    var port = 7072
    @Option(help: .init("The file of access keys.", valueName: "file"))
    var keys: String?
    @Option(
        name: .customLong("cors"),
        help: .init("The origin of web pages that may use the API; may be repeated.", valueName: "origin"))
    var origins: [String] = []
    @Option(
        help: .init("The number of requests per second of one key, or of one address; 0 for no limit.", valueName: "n"))
    var rate = 20_000
    @Option(help: .init("The maximum size of a request's body, in bytes.", valueName: "bytes"))
    var maxBody = 1 << 20
    @Option(help: .init("The number of event streams at once.", valueName: "n"))
    var maxStreams = 200

    @Option(help: .init("The file of the certificate and its issuers (PEM); with --tls-key.", valueName: "file"))
    var tlsCertificate: String?
    @Option(help: .init("The file of the certificate's private key (PEM).", valueName: "file"))
    var tlsKey: String?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65535, not \(port).") }
        guard (0...1_000_000_000).contains(rate) else { throw ValidationError("--rate is 0 or more, not \(rate).") }
        guard (1...(64 << 20)).contains(maxBody) else {
            throw ValidationError("--max-body is 1 to \(64 << 20), not \(maxBody).")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        guard (0...100_000).contains(maxStreams) else {
            throw ValidationError("--max-streams is 0 to 100000, not \(maxStreams).")
        }
    }

    #if HTTP
    func run() async throws {
        var logger = Logger(label: "warren.serve", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .info
        var server = ManagementServer.Configuration()
        server.address = address
        server.port = port
        if let tlsCertificate, let tlsKey { server.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
        server.options.crossOrigins = Set(origins)
        server.options.requestsPerSecond = rate == 0 ? nil : rate
        server.options.maximumBodyBytes = maxBody
        server.options.maximumStreams = maxStreams
        if let keys {
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
