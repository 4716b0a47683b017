public import ArgumentParser
import Warren
public import WarrenHost

/// The options that every sample host takes. Each stands for a key of the configuration, and counts more than the environment and
/// the file that `--config` names. `--set` gives any other key.
public struct HostOptions: ParsableArguments {
    @Option(
        help: .init("The file with the configuration, in YAML or JSON (WARREN_CONFIG, else none).", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: .init(
            "A value of the configuration; may be repeated. 'warren config keys' lists the keys.",
            valueName: "key=value"))
    var settings: [String] = []

    @Option(
        help: .init("The broker's address (WARREN_BROKER_URL, else \(HostOptions.localBroker)).", valueName: "url"))
    var broker: String?

    @Option(help: .init("The task hub's name (WARREN_HUB, else the sample's own).", valueName: "name"))
    var hub: String?

    @Option(
        help: .init(
            "The folder of what is remembered: histories, and the sample's own files (default: \(HostOptions.localData)).",
            valueName: "folder"))
    var data: String?

    @Option(
        help: .init(
            """
            What this process does, separated by commas: \(HostConfiguration.Role.names.joined(separator: ", ")) (default: \
            orchestrator,activity).
            """, valueName: "roles"))
    var roles: String?

    @Option(help: .init("How many partitions the hub has; fixed once it exists (default: 4).", valueName: "count"))
    var partitions: String?

    @Option(
        help: .init(
            """
            Where the hub keeps what it has acknowledged; fixed once it exists (default: local). With journal, the folder can \
            be lost: it is made again from the broker.
            """, valueName: "local|journal"))
    var durability: String?

    @Option(
        help: .init(
            """
            With --durability journal, the size of each partition's journal on the broker, for example 1GiB; fixed once the \
            hub exists.
            """, valueName: "size"))
    var journalBytes: String?

    @Option(
        help: .init(
            """
            With --durability journal, how many hosts beside its owner are ready to take a partition over at once (default: \
            1). Each of them does the owner's writing too.
            """, valueName: "count"))
    var followers: String?

    @Option(
        help: .init(
            """
            The way of work to activities of the same process (default: broker). With prefer-local it goes past the broker \
            as far as there are places for it soon.
            """, valueName: "broker|prefer-local"))
    var activityDispatch: String?

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
    var healthPort: String?

    @Option(
        help: .init(
            "With --health-port, the address to listen at (default: 127.0.0.1). Nobody is asked who they are.",
            valueName: "address"))
    var healthAddress: String?

    @Option(
        help: .init(
            "Replay histories that 'warren export' wrote, a file or a folder of them, with the code of this program; then end.",
            valueName: "path"))
    var replayCheck: String?

    @Option(help: .init("The least important lines that are logged (default: notice).", valueName: "level"))
    var logLevel: String?

    /// Nothing given: a broker on this machine.
    public init() {}

    static let localBroker = HostSettings.localBroker
    static let localData = "warren-data"

    /// Reads the configuration from the options, the environment and the file.
    ///
    /// - Parameters:
    ///   - sampleHub: the hub's name when nobody gives one.
    ///   - defaults: the sample's other values, by key, for what nobody else has set.
    /// - Throws: `ValidationError` with everything that is wrong.
    public func settings(hub sampleHub: String, defaults: [String: String] = [:]) throws -> HostSettings {
        try HostSettings(
            arguments: arguments, settings: settings, file: config, hub: sampleHub,
            defaults: defaults.merging(["storage.directory": Self.localData]) { given, _ in given })
    }

    /// Replays histories with the functions of a host, if `--replay-check` asks for that, and prints what was found.
    ///
    /// - Returns: whether it was asked for; the program then ends.
    /// - Throws: `HostError` if a history is not followed, or if there is none to read.
    public func replaysHistories(with host: TaskHubHost) throws -> Bool {
        guard let replayCheck else { return false }
        return try host.replaysHistories(arguments: ["--replay-check", replayCheck])
    }

    /// Refuses a wrong configuration before anything is started.
    public func validate() throws {
        _ = try settings(hub: "warren")
    }

    /// What the options give: key, value, name of the option.
    private var arguments: [(String, String?, String)] {
        [
            ("broker.url", broker, "--broker"), ("hub", hub, "--hub"), ("storage.directory", data, "--data"),
            ("roles", roles, "--roles"), ("partitionCount", partitions, "--partitions"),
            ("storage.durability", durability, "--durability"), ("journal.size", journalBytes, "--journal-bytes"),
            ("journal.followers", followers, "--followers"), ("health.port", healthPort, "--health-port"),
            ("activities.dispatch", activityDispatch, "--activity-dispatch"),
            ("health.address", healthAddress, "--health-address"), ("log.level", logLevel, "--log-level"),
            ("storage.acceptOlder", acceptOlderStore ? "true" : nil, "--accept-older-store"),
        ]
    }
}
