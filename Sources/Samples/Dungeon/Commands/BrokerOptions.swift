import ArgumentParser
import SampleSupport
import WarrenClient
import WarrenHost

/// How the subcommands that only talk to the broker find it.
struct BrokerOptions: ParsableArguments {
    @Option(
        help: .init("The file with the configuration, in YAML or JSON (WARREN_CONFIG, else none).", valueName: "file"))
    var config: String?

    @Option(
        help: .init(
            "The broker's address (WARREN_BROKER_URL, else amqp://guest:guest@127.0.0.1:5672/).", valueName: "url"))
    var broker: String?

    @Option(help: .init("The task hub's name (WARREN_HUB, else \(Dungeon.hub)).", valueName: "name"))
    var hub: String?

    func connect() async throws -> TaskHubClient {
        let settings = try HostSettings(
            arguments: [("broker.url", broker, "--broker"), ("hub", hub, "--hub")], file: config, hub: Dungeon.hub,
            defaults: ["log.level": "error"])
        return try await TaskHubClient.connect(
            broker: settings.brokerURL, hub: settings.configuration.hub, logger: settings.logger("dungeon"))
    }
}
