import AMQP
import Logging

/// Measures what disk and broker do while a workload runs: before it and after it, and in between where the workload
/// pauses for it, so that a change of the machine's mood shows in both.
final class FloorProbe {
    private static let latencySamples = 150
    private static let rateMessages = 15_000
    private static let window = 1000

    private let commits: CommitProbe
    private let fsync: FsyncProbe
    private let loop: any MessageLoop
    private var samples = FloorSamples()

    init(_ settings: BenchSettings, directory: WorkDirectory, logger: Logger) async throws {
        commits = try CommitProbe(directory: directory.path)
        fsync = FsyncProbe(directory: directory.path)
        if let broker = settings.broker {
            loop = try await BrokerLoop(AMQPConfiguration(url: broker), logger: logger)
        } else {
            loop = try await InProcessLoop()
        }
        // The first of each are slow: files grow, code is loaded.
        _ = try await commits.sample(10)
        _ = try await loop.sampleHops(10)
    }

    /// Measures commits, flushes and hops one at a time.
    ///
    /// - Returns: the floor of this moment, without a rate.
    @discardableResult
    func sampleLatencies(_ count: Int) async throws -> Floor {
        var moment = FloorSamples()
        moment.commits = try await commits.sample(count)
        moment.fsyncs = try fsync.sample(count)
        moment.hops = try await loop.sampleHops(count)
        samples.commits += moment.commits
        samples.fsyncs += moment.fsyncs
        samples.hops += moment.hops
        return moment.floor
    }

    /// Measures everything.
    func sample() async throws {
        try await sampleLatencies(Self.latencySamples)
        samples.rates.append(try await loop.sampleRate(Self.rateMessages, window: Self.window))
    }

    /// What was found since the last call.
    func take() -> Floor {
        defer { samples = FloorSamples() }
        return samples.floor
    }

    func close() async throws {
        commits.close()
        try await loop.close()
    }
}
