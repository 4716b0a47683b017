import ArgumentParser
import Hummingbird
import Logging
import SampleSupport
import ServiceLifecycle
import WarrenClient
import WarrenHost

/// `dungeon serve`: runs the game, and serves it over HTTP.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the game: its orchestrations, its activities, and its page and API over HTTP.",
        discussion: """
            Prints `ready` on standard output when it takes messages and requests; logs go to standard error. SIGTERM or \
            Ctrl-C stops it, and it goes on where it stopped when it is started again, even if it was killed.

            ONE ROLE PER PROCESS, in one folder: the activities and the client share dungeon.sqlite there
              dungeon serve --roles orchestrator
              dungeon serve --roles activity
              dungeon serve --roles client
            """)

    @OptionGroup var options: HostOptions

    @Option(
        help: .init("The port of the page and the API, which the client role serves; 0 for any.", valueName: "port"))
    var httpPort = 7071

    @Option(help: .init("The address at which it listens; 0.0.0.0 for all of this machine's.", valueName: "address"))
    var httpHost = "127.0.0.1"

    @Option(help: .init("How long a user may take to confirm.", valueName: "time"))
    var confirmWithin = DurationArgument(GameTimes().confirmation)

    @Option(help: .init("The time between two looks at a user.", valueName: "time"))
    var monitorEvery = DurationArgument(GameTimes().monitorInterval)

    @Option(help: .init("How long a user is looked at.", valueName: "time"))
    var monitorFor = DurationArgument(GameTimes().monitorLimit)

    func validate() throws {
        guard (0...65535).contains(httpPort) else { throw ValidationError("--http-port is 0 to 65535.") }
    }

    func run() async throws {
        let logger = options.logger("dungeon")
        let configuration = options.configuration(hub: Dungeon.hub, roles: [.orchestrator, .activity, .client])
        let host = try TaskHubHost(configuration, logger: logger)
        let times = GameTimes(
            confirmation: confirmWithin.duration, monitorInterval: monitorEvery.duration,
            monitorLimit: monitorFor.duration)

        // Orchestrators decide; they need nothing of the game's.
        registerOrchestrations(with: host, times: times)
        guard configuration.roles.contains(.activity) || configuration.roles.contains(.client) else {
            return try await serve(host, configuration, logger: logger)
        }

        // Activities change the game, the client shows it: both need its state, and both ask after workflows.
        let store = try GameStore(directory: options.data)
        let client = try await TaskHubClient.connect(
            broker: options.brokerURL, hub: configuration.hub, logger: logger)
        registerActivities(with: host, GameActivities(store: store) { client })
        do {
            if configuration.roles.contains(.client) {
                try await serveHTTP(host, configuration, client, store, logger: logger)
            } else {
                try await serve(host, configuration, logger: logger)
            }
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    private func serveHTTP(
        _ host: TaskHubHost, _ configuration: HostConfiguration, _ client: TaskHubClient, _ store: GameStore,
        logger: Logger
    ) async throws {
        let console = ConsoleFeed(client: client) { await host.isReady }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = Application(
            router: DungeonAPI(client: client, store: store, console: console).router(),
            configuration: .init(address: .hostname(httpHost, port: httpPort)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
                port.finish()
            }, logger: logger)
        // The last is stopped first: the feed ends the streams that the server would wait for.
        try await serve(
            host, configuration, with: [server, console],
            at: { [httpHost] in
                for await port in ports.cancelOnGracefulShutdown() { return "http://\(httpHost):\(port)/" }
                return nil
            }, logger: logger)
    }
}
