import ArgumentParser
import Dispatch
import Logging
import Warren
import WarrenHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A host that the benchmarks start as a process of its own, to measure and to kill it.
///
/// It prints `ready` when it is, and answers the line `usage`. It ends at once when its standard input does, so that none
/// is left when the benchmark was killed.
struct HostCommand: AsyncParsableCommand {
    static let name = "cluster-host"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "A host that other benchmarks start.", shouldDisplay: false)

    @Option var hub: String
    @Option var dataDirectory: String
    @Option var partitions: Int
    @Option var durability: DurabilityKind
    @Option var role: [String] = []
    /// Whether it goes on with the instances that `fill` makes.
    @Flag var past = false

    func run() async throws {
        var configuration = HostConfiguration(
            hub: hub, broker: ProcessInfo.processInfo.environment["WARREN_BROKER_URL"], dataDirectory: dataDirectory,
            roles: Set(role.compactMap { HostConfiguration.Role($0) }), partitionCount: partitions)
        configuration.storage.durability = durability.durability
        configuration.graces.stop = .seconds(10)
        // The benchmark's own process runs it.
        configuration.activities.foreign = [Functions.beat.name]
        let logger = Logger.bench("host", level: .info)
        let host = try TaskHubHost(configuration, logger: logger)
        let runs = Counter()
        Functions.registerAll(with: host, runs)
        if past { PastInstances.registerAll(with: host) }
        Self.listen(runs)
        Task {
            if await host.isReady { Self.say("ready") }
        }
        try await host.runUntilSignal()
        // An end by `exit` would wait for the thread that reads.
        _exit(0)
    }

    /// Answers on a thread of its own until the input ends.
    private static func listen(_ runs: Counter) {
        DispatchQueue(label: "warren.bench.input").async {
            while let line = readLine() {
                guard line == "usage" else { continue }
                say(
                    HostUsage(
                        cpuSeconds: UsageMeter.cpuSeconds, residentBytes: UsageMeter.residentBytes, runs: runs.value
                    ).line)
            }
            _exit(0)
        }
    }

    /// Writes a line past the buffers: `fflush(nil)` would wait for the thread that reads.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // A short line goes into a pipe whole, or not at all because the benchmark is gone.
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
