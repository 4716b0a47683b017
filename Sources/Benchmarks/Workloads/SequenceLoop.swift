import Warren

/// Runs sequences, one chunk after the other, for workloads that measure how much another load slows them.
struct SequenceLoop {
    private let hub: BenchHub
    private let inFlight: Int
    private let chunk: Int
    /// The number of instances that have ended, those of ``warmUp()`` included.
    private(set) var done = 0
    /// The measured latencies.
    private(set) var latencies = Latencies([])

    init(_ hub: BenchHub, inFlight: Int, chunk: Int) {
        self.hub = hub
        self.inFlight = inFlight
        self.chunk = chunk
    }

    /// Runs a chunk that is not measured.
    mutating func warmUp() async throws { _ = try await runChunk() }

    /// Runs chunks for so long, or a little longer.
    ///
    /// - Returns: instances per second.
    mutating func run(for duration: Duration) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let first = done
        while clock.now - start < duration { latencies.add(try await runChunk()) }
        return Double(done - first) / ((clock.now - start) / .seconds(1))
    }

    private mutating func runChunk() async throws -> Latencies {
        done += chunk
        return try await hub.load.complete(
            Functions.five.name, count: chunk, inFlight: inFlight, input: { $0 },
            output: { $0 + Functions.activitiesOfFive })
    }
}
