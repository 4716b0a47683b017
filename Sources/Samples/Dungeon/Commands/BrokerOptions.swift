import ArgumentParser
import Logging
import WarrenClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How the subcommands that only talk to the broker find it.
struct BrokerOptions: ParsableArguments {
    @Option(
        help: .init(
            "The broker's address (WARREN_BROKER_URL, else amqp://guest:guest@127.0.0.1:5672/).", valueName: "url"))
    var broker: String?

    @Option(help: .init("The task hub's name (WARREN_HUB, else \(Dungeon.hub)).", valueName: "name"))
    var hub: String?

    func connect() async throws -> TaskHubClient {
        let environment = ProcessInfo.processInfo.environment
        var logger = Logger(label: "dungeon", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return try await TaskHubClient.connect(
            broker: broker ?? environment["WARREN_BROKER_URL"] ?? "amqp://guest:guest@127.0.0.1:5672/",
            hub: hub ?? environment["WARREN_HUB"] ?? Dungeon.hub, logger: logger)
    }
}
