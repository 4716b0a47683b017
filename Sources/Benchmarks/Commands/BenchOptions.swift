import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every workload can be told.
struct BenchOptions: ParsableArguments {
    @Option(
        help: "What carries the messages: \(TransportKind.allCases.map(\.rawValue).joined(separator: " or ")).")
    var transport: TransportKind?

    @Option(
        help: ArgumentHelp(
            "Where the hub keeps what it has acknowledged: "
                + "\(DurabilityKind.allCases.map(\.rawValue).joined(separator: " or ")).",
            discussion: """
                With journal, each workload runs four times: with a journal, without, without, and with one. What the \
                journal costs is printed below.
                """))
    var durability: DurabilityKind = .local

    @Option(name: .long, help: "How many instances are under way at once, in the place of the workload's own numbers.")
    var inFlight: Int?

    @Option(help: "How much to do: instances, activities, steps or events, in the place of the workload's own numbers.")
    var count: Int?

    @Option(help: "The broker as amqp://user:password@host:port/vhost; by default WARREN_BROKER_URL.")
    var broker: String?

    @Option(
        name: .long,
        help: "Where the run keeps its histories, on the disk to be measured; by default the working directory.")
    var dataDirectory: String?

    @Option(help: "How many partitions the hub has.")
    var partitions: Int = 4

    @Option(
        help: ArgumentHelp(
            "How many hosts there are, each a process of its own, which does nothing else.",
            discussion: """
                'sequence' and 'idle' take it. Without it the host is inside this process, beside the load. A comparison \
                is with one host in a process of its own without a journal. After 'sequence', what a warm follower costs \
                is measured.
                """))
    var hosts: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The way of work to the host's own activities: "
                + ActivityDispatchKind.allCases.map(\.rawValue).joined(separator: " or ") + ".",
            discussion: "Hosts that are processes of their own always use the broker."))
    var activityDispatch: ActivityDispatchKind = .broker

    @Flag(help: "One line of JSON for each result in the place of the table.")
    var json = false

    @Flag(
        help: ArgumentHelp(
            "Count the allocations of each step.",
            discussion: "Counting costs CPU: take the microseconds of a step from a run without it."))
    var allocations = false

    @Flag(help: "Compare the results with the bars, and say of each whether it is passed.")
    var check = false

    func validate() throws {
        if let inFlight, !(1...1_000_000).contains(inFlight) {
            throw ValidationError("--in-flight is 1 to 1000000.")
        }
        if let count { try checkRange(of: "--count", count, 1...10_000_000) }
        if durability == .journal, transport == .inProcess {
            throw ValidationError(
                "--durability journal needs a broker, which keeps the journal: leave out --transport in-process.")
        }
        if let hosts {
            try checkRange(of: "--hosts", hosts, 1...20)
            guard transport != .inProcess else {
                throw ValidationError("--hosts: processes need a broker: leave out --transport in-process.")
            }
        }
        try checkRange(of: "--partitions", partitions, 1...99)
    }

    /// Counts allocations from now on, if that was asked for.
    func countAllocations() throws {
        guard allocations, !UsageMeter.countAllocations() else { return }
        throw ValidationError("--allocations: allocations are counted only with glibc, and not under a sanitizer.")
    }

    /// The broker's URL.
    func brokerURL() throws -> String { try Self.brokerURL(broker) }

    /// The broker's URL, as an option or the environment names it.
    static func brokerURL(_ option: String?) throws -> String {
        if let url = option ?? ProcessInfo.processInfo.environment["WARREN_BROKER_URL"], !url.isEmpty { return url }
        throw ValidationError(
            "No broker is named. Give --broker amqp://user:password@host:port/ or set WARREN_BROKER_URL; "
                + "--transport in-process needs none.")
    }

    /// The set-up of a run over one transport.
    func settings(_ transport: TransportKind) throws -> BenchSettings {
        BenchSettings(
            broker: transport == .rabbitMQ ? try brokerURL() : nil,
            directory: dataDirectory ?? FileManager.default.currentDirectoryPath, partitionCount: partitions,
            durability: durability, hosts: hosts, activityDispatch: activityDispatch)
    }

    /// How much of what a workload does, where the command line says so.
    var size: WorkloadSize { WorkloadSize(inFlight: inFlight, count: count) }
}
