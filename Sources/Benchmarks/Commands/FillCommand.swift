import ArgumentParser
import Logging
import Warren
import WarrenMessaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The subcommand that makes a data directory with very many instances, to look at.
struct FillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill",
        abstract: "Makes a data directory with very many instances, for a host to be started on.",
        discussion: """
            The instances are written into the files of the partitions by the store itself, with histories, inputs, tags, \
            failures and waits, as a month of a busy hub leaves them: most have completed, one of 40 failed, one of 25 is \
            open. The same seed makes the same instances. Listings, counts and the dashboard can then be measured on them. \
            The directory must not have files of the hub.
            """)

    @Option(help: "The task hub.")
    var hub: String

    @Option(name: .long, help: "The directory to make.")
    var dataDirectory: String

    @Option(help: "How many partitions the hub has.")
    var partitions: Int = 4

    @Option(help: "How many instances.")
    var count: Int = 1_000_000

    @Option(help: "Over how many days before now they were created.")
    var days: Int = 30

    @Option(help: "The beginning of the random numbers.")
    var seed: UInt64 = 1

    func validate() throws {
        do {
            _ = try TaskHubName(hub)
        } catch {
            throw ValidationError("--hub: \(error)")
        }
        try checkRange(of: "--partitions", partitions, 1...99)
        try checkRange(of: "--count", count, 1...10_000_000)
        try checkRange(of: "--days", days, 1...3650)
    }

    func run() async throws {
        let logger = Logger.bench("fill")
        let command = self
        try await Interruption.heeding {
            let start = Ticks.now
            var filling = try Filling(
                hub: command.hub, directory: command.dataDirectory, partitionCount: command.partitions, logger: logger)
            let now = Timestamp(Date())
            var past = PastInstances(
                count: command.count, from: now.advanced(by: .seconds(-86_400 * command.days)), to: now,
                seed: command.seed)
            while let instance = past.next() { try await filling.add(instance) }
            try await filling.finish()
            print(
                "\(command.count) instances in \(command.partitions) partitions, \(command.dataDirectory), "
                    + "\(Int(start.milliseconds() / 1000)) s")
        }
    }
}
