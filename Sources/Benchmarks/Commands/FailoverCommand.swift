import ArgumentParser
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The subcommand that kills, freezes and moves hosts.
struct FailoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover",
        abstract: "Hosts that are killed, frozen and moved: how long their partitions stand still.",
        discussion: """
            Several hosts share a hub with journals, each a process of its own. In every partition an endless \
            orchestration calls an activity that this process runs, so that the first call after a kill shows when the \
            partition has an owner again; besides, instances are started at a steady rate, and the longest time from a \
            start's publish to its result is the longest wait. Every result is verified.

            kill: kill -9 of one host after the other, the others warm. move: one host after the other ends by SIGTERM \
            and comes back. frozen: SIGSTOP, heartbeat 3 s. cold: kill -9 of the only host, and a new one without files, \
            with its start. The loss of a broker node needs three of them and is not shown here.
            """)

    @Option(help: "Only these: \(FailoverKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: [FailoverKind] = []

    @Option(help: "How often a host is killed. There are half as many rounds of moves, a quarter of the others.")
    var rounds: Int = 20

    @Option(help: "How many hosts share the hub.")
    var hosts: Int = 3

    @Option(help: "How many partitions the hub has.")
    var partitions: Int = 8

    @Option(help: "How many instances are started each second meanwhile.")
    var rate: Int = 100

    @Option(name: .long, help: "cold: how large each partition's journal is behind its snapshot, in MiB.")
    var journalMib: Int = 64

    @Option(name: .long, help: "cold: how many partitions there are.")
    var coldPartitions: Int = 1

    @Option(help: "The broker as amqp://user:password@host:port/vhost; by default WARREN_BROKER_URL.")
    var broker: String?

    @Option(
        name: .long,
        help: "Where the hosts keep their files, on the disk to be measured; by default the working directory.")
    var dataDirectory: String?

    @Flag(help: "Leave the hosts' directories, with their logs.")
    var keep = false

    @Flag(help: "Lines of JSON in the place of the table.")
    var json = false

    @Flag(help: "End with status 2 when a bar is missed.")
    var check = false

    func validate() throws {
        try checkRange(of: "--rounds", rounds, 1...1000)
        try checkRange(of: "--hosts", hosts, 2...20)
        try checkRange(of: "--partitions", partitions, 1...99)
        try checkRange(of: "--cold-partitions", coldPartitions, 1...99)
        guard partitions >= hosts else {
            throw ValidationError("--partitions is at least --hosts: otherwise a host that is killed may own nothing.")
        }
        try checkRange(of: "--rate", rate, 1...10_000)
        guard (1...200).contains(journalMib) else {
            throw ValidationError("--journal-mib is 1 to 200: above, a snapshot is made.")
        }
    }

    func settings() throws -> FailoverSettings {
        FailoverSettings(
            bench: BenchSettings(
                broker: try BenchOptions.brokerURL(broker),
                directory: dataDirectory ?? FileManager.default.currentDirectoryPath, partitionCount: partitions,
                durability: .journal),
            hosts: hosts, rounds: rounds, journalMiB: journalMib, coldPartitions: coldPartitions, rate: rate,
            kinds: Set(only.isEmpty ? FailoverKind.allCases : only), isKeeping: keep)
    }

    func run() async throws {
        let settings = try settings()
        let logger = Logger.bench(level: .error)
        let run = FailoverRun(settings: settings, logger: logger)
        let (json, check) = (json, check)
        try await Interruption.heeding {
            var figures = FailoverFigures(journalMiB: settings.journalMiB, partitions: settings.coldPartitions)
            let report = FailoverReport(isJSON: json)
            do {
                try await run.run(&figures)
            } catch {
                try report.finish(figures.all, notes: ["It was broken off: these are the rounds before."], check: false)
                throw error
            }
            var notes = [
                "The leader of three broker nodes killed: not shown, it needs three nodes (scripts/test --chaos)."
            ]
            if figures.failedStarts > 0 {
                notes.append("\(figures.failedStarts) times a host ended before it was ready, and was started again.")
            }
            try report.finish(figures.all, notes: notes, check: check)
        }
    }
}
