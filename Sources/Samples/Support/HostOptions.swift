public import ArgumentParser
public import Logging
import Warren
public import WarrenHost
import WarrenManagement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The options that every sample host takes, with the environment variables behind them.
public struct HostOptions: ParsableArguments {
    @Option(
        help: .init("The broker's address (WARREN_BROKER_URL, else \(HostOptions.localBroker)).", valueName: "url"))
    var broker: String?

    @Option(help: .init("The task hub's name (WARREN_HUB, else the sample's own).", valueName: "name"))
    var hub: String?

    /// `--data`
    @Option(
        help: .init("The folder of what is remembered: histories, and the sample's own files.", valueName: "folder"))
    public var data = "warren-data"

    @Option(
        help: .init(
            "What this process does, separated by commas: \(HostConfiguration.Role.names.joined(separator: ", ")).",
            valueName: "roles"))
    var roles: RolesArgument = .default

    @Option(help: .init("How many partitions the hub has; fixed once it exists.", valueName: "count"))
    var partitions = 4

    @Option(
        help: .init(
            """
            Where the hub keeps what it has acknowledged; fixed once it exists. With journal, the folder can be lost: it is \
            made again from the broker.
            """, valueName: Durability.names.joined(separator: "|")))
    var durability: DurabilityArgument = .local

    @Option(
        help: .init(
            "With --durability journal, the size of each partition's journal on the broker; fixed once the hub exists.",
            valueName: "bytes"))
    var journalBytes: Int?

    @Option(
        help: .init(
            """
            With --durability journal, how many hosts beside its owner are ready to take a partition over at once. Each of \
            them does the owner's writing too.
            """, valueName: "count"))
    var followers = 1

    @Flag(
        help: """
            Start, this once, on files that are older than what the hub has acknowledged. Without it the host says what is \
            missing, and does not start. First put the newest files in place, if there are any: what is missing is gone for \
            good, instances go on from what there is, and what they did since may be done again.
            """)
    var acceptOlderStore = false

    @Option(
        help: .init(
            """
            Serve health and metrics on this port, 0 for any that is free: /health/live, /health/ready, and /metrics for \
            Prometheus; else none.
            """, valueName: "port"))
    var healthPort: Int?

    @Option(
        help: .init(
            "With --health-port, the address to listen at. Nobody is asked who they are.", valueName: "address"))
    var healthAddress = "127.0.0.1"

    @Option(help: .init("What is logged.", valueName: "level"))
    var logLevel: LevelArgument = .notice

    /// Nothing given: a broker on this machine.
    public init() {}

    static let localBroker = "amqp://guest:guest@127.0.0.1:5672/"

    /// The broker's address.
    public var brokerURL: String {
        broker ?? ProcessInfo.processInfo.environment["WARREN_BROKER_URL"] ?? Self.localBroker
    }

    /// The host's configuration.
    ///
    /// - Parameter sampleHub: the hub's name when nobody gives one.
    public func configuration(hub sampleHub: String) -> HostConfiguration {
        var configuration = HostConfiguration(
            hub: hub ?? ProcessInfo.processInfo.environment["WARREN_HUB"] ?? sampleHub,
            broker: brokerURL, dataDirectory: data, roles: roles.roles, partitionCount: partitions)
        configuration.storage.durability = durability.durability
        if let journalBytes { configuration.journal.size = journalBytes }
        configuration.journal.followers = followers
        configuration.storage.acceptOlder = acceptOlderStore
        if health != nil { configuration.metrics = PrometheusRegistry() }
        return configuration
    }

    /// Where health and metrics are served, if they are.
    public var health: HealthPlace? { healthPort.map { HealthPlace(address: healthAddress, port: $0) } }

    /// Refuses ports that there are none of, and a port without the server for it.
    public func validate() throws {
        guard let healthPort else { return }
        guard (0...65_535).contains(healthPort) else { throw ValidationError("--health-port is 0 to 65535.") }
        #if !HTTP
        throw ValidationError(
            "--health-port: this program was built without the trait HTTP. Build it with 'swift build --traits HTTP'.")
        #endif
    }

    /// A log on standard error: standard output is for data.
    public func logger(_ label: String) -> Logger {
        var logger = Logger(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel.level
        return logger
    }
}
