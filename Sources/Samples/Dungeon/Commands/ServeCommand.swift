import ArgumentParser
import SampleSupport
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

            ONE ROLE PER PROCESS, in one folder: both keep the game in dungeon.sqlite there; HTTP is the orchestrator's
              dungeon serve --roles orchestrator
              dungeon serve --roles activity

            WITH ENTITIES, in a hub and a folder of its own: users, monsters, rooms and inventories are durable entities \
            in the place of a database
              dungeon serve --entities --hub entitydungeon --data .warren/entities
            """)

    @OptionGroup var options: HostOptions

    @OptionGroup var http: HTTPOptions

    @Option(help: .init("How long a user may take to confirm.", valueName: "time"))
    var confirmWithin = DurationArgument(GameTimes().confirmation)

    @Option(help: .init("The time between two looks at a user.", valueName: "time"))
    var monitorEvery = DurationArgument(GameTimes().monitorInterval)

    @Option(help: .init("How long a user is looked at.", valueName: "time"))
    var monitorFor = DurationArgument(GameTimes().monitorLimit)

    @Flag(help: "Keep users, monsters, rooms and inventories as durable entities, and not in a database.")
    var entities = false

    func run() async throws {
        let settings = try options.settings(hub: Dungeon.hub)
        let logger = settings.logger("dungeon")
        let configuration = settings.configuration
        let host = try TaskHubHost(configuration, logger: logger)
        // Somebody to ask after the game's workflows.
        let client = try await TaskHubClient.connect(
            broker: settings.brokerURL, hub: configuration.hub, logger: logger)

        let times = GameTimes(
            confirmation: confirmWithin.duration, monitorInterval: monitorEvery.duration,
            monitorLimit: monitorFor.duration)
        if entities {
            registerOrchestrations(with: host, in: EntityWorld(), times: times)
        } else {
            registerOrchestrations(with: host, times: times)
        }
        if try options.replaysHistories(with: host) { return }
        let board: any GameBoard
        if entities {
            registerEntities(with: host)
            registerConfirmations(with: host, Confirmations { client })
            board = EntityBoard(client: client)
        } else {
            let store = try GameStore(directory: settings.data)
            registerActivities(with: host, GameActivities(store: store) { client })
            board = store
        }

        let console = ConsoleFeed(client: client) { await host.isReady }
        #if HTTP
        let web: (any WebService)? = try managementServer(client, http, logger: logger) { router in
            DungeonAPI(client: client, board: board, console: console).add(to: router)
        }
        #else
        let web: (any WebService)? = nil
        warnOfNoHTTP(logger)
        #endif
        do {
            let isWatching = configuration.roles.contains(.orchestrator)
            try await serve(
                host, configuration, health: settings.health, web: web, with: isWatching ? [console] : [],
                logger: logger
            )
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}
