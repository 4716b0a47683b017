import ArgumentParser
import Logging
import WarrenClient
import WarrenConfiguration
import WarrenHost

/// The options of every command: the address of the hub, the time limit, the output format.
struct ConnectionOptions: ParsableArguments {
    static let defaultBroker = "amqp://guest:guest@127.0.0.1:5672/"
    static let defaultHub = "warren"

    // No default values here: the help would print them, and the environment's URL holds a password.
    @Option(
        help: .init(
            "The broker's address (WARREN_BROKER_URL, else \(ConnectionOptions.defaultBroker)).", valueName: "url"))
    var broker: String?

    @Option(help: .init("The task hub's name (WARREN_HUB, else \(ConnectionOptions.defaultHub)).", valueName: "name"))
    var hub: String?

    @OptionGroup
    var configuration: ConfigurationOptions

    @Option(
        help: .init(
            "How long to wait for an answer: 500ms, 10s, 2m, 1h (default: 30s; for an instance's end, no limit).",
            valueName: "duration"))
    var timeout: DurationArgument?

    @Flag(help: "Print JSON: one object, or one per line where there can be many.")
    var json = false

    /// The time to wait for answers.
    var answerTimeout: Duration { timeout?.duration ?? .seconds(30) }

    /// The time to wait for an instance's end; `nil` for no limit.
    var endTimeout: Duration? { timeout?.duration }

    /// The address of the hub, from the options, the environment and the file of the configuration.
    private var place = Place()

    var brokerURL: String { place.broker }

    var hubName: String { place.hub }

    /// Where the hub is. It is found when the command line is read, so that what is wrong with it is said as of any other option.
    struct Place: Decodable {
        var broker = ConnectionOptions.defaultBroker
        var hub = ConnectionOptions.defaultHub
        var payloads: String?

        /// This machine's broker, and the hub of the name that hubs have if nobody chooses one.
        init() {}

        /// Finds the hub.
        ///
        /// - Parameters:
        ///   - broker: what `--broker` gave.
        ///   - hub: what `--hub` gave.
        ///   - configuration: the other sources.
        init(broker: String?, hub: String?, _ configuration: ConfigurationOptions) throws(ConfigurationError) {
            let options = [("broker.url", broker, "--broker"), ("hub", hub, "--hub")]
            let sources = configuration.sources(
                options.compactMap { key, value, option in value.map { .init(key, $0, option: option) } },
                defaults: ["broker.url": ConnectionOptions.defaultBroker, "hub": ConnectionOptions.defaultHub])
            let host = try ConfigurationResolution(sources).host()
            self.broker = host.broker.address ?? ConnectionOptions.defaultBroker
            self.hub = host.hub
            payloads = host.payloads.directory
        }
    }

    mutating func validate() throws {
        do throws(ConfigurationError) {
            place = try Place(broker: broker, hub: hub, configuration)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Connects, runs the body, and closes the connection in any case.
    func withClient<Value>(_ body: (TaskHubClient) async throws -> Value) async throws -> Value {
        let client = try await TaskHubClient.connect(
            broker: brokerURL, hub: hubName, timeout: answerTimeout, payloadDirectory: place.payloads,
            logger: ConnectionOptions.quietLogger)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }

    /// Connects to the broker to examine the hub's queues, and closes the connection in any case.
    func withProvisioning<Value>(_ body: (TaskHubProvisioning) async throws -> Value) async throws -> Value {
        try await TaskHubProvisioning.connected(
            broker: brokerURL, hub: hubName, logger: ConnectionOptions.quietLogger, body)
    }

    /// A logger for warnings on standard error; errors are reported to the user by the command.
    static var quietLogger: Logger {
        var logger = Logger(label: "warren", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return logger
    }
}
