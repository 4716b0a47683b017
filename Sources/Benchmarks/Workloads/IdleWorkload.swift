import Warren

/// Instances that wait for an event for a long time: what they keep in memory and of the CPU.
///
/// The latency is that of an event that reaches one of them in the end, most of which have to be replayed for it.
struct IdleWorkload: Workload {
    static let name = "idle"
    static let abstract = "The memory of 100,000 waiting instances."

    private static let raised = 200
    private static let rest = Duration.seconds(3)

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let count = size.count ?? 100_000
        let inFlight = size.inFlight ?? 1000
        try await bench.measure(
            Self.name, inFlight: inFlight, register: { Functions.registerListen(with: $0) },
            { hub, _ in
                let raised = min(Self.raised, count)
                let before = UsageMeter.residentBytes
                // The oldest are the ones that have left memory.
                let first = try await hub.load.begin(Functions.listen.name, count: raised, inFlight: inFlight)
                let filling = UsageMeter()
                if count > raised {
                    _ = try await hub.load.begin(Functions.listen.name, count: count - raised, inFlight: inFlight)
                }
                let startsPerSecond = Double(count - raised) / filling.stop().seconds
                // What the last commits leave to do: the outbox is emptied, the log is moved.
                try await Task.sleep(for: .seconds(1))
                let meter = UsageMeter()
                try await Task.sleep(for: Self.rest)
                let usage = meter.stop()
                let latencies = try await hub.load.raise(Functions.go.name, in: first, count: raised, inFlight: 1)
                return Measurement(
                    orchestrations: 0, activities: 0, latencies: latencies, usage: usage, instances: count,
                    openInstances: count - raised
                ) { result in
                    [
                        "bytesPerInstance": Double(result.residentBytes - before) / Double(count),
                        "startsPerSecond": startsPerSecond,
                        "latencyToFloor": result.latencyMs.p50 / result.floor.milliseconds(commits: 1, hops: 2),
                    ]
                }
            })
    }
}
