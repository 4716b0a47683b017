import Warren

/// Instances that wait for an event for a long time: what they keep in memory and of the CPU.
///
/// The latency is that of an event that reaches one of them in the end, most of which have to be replayed for it.
struct IdleWorkload: Workload {
    static let name = "idle"
    static let abstract = "The memory of 100,000 waiting instances; with --hosts, hosts that have nothing to do."
    /// What hosts that share a hub and have nothing to do are called.
    static let clusterTitle = "idle-hosts"
    static var takesHosts: Bool { true }

    private static let raised = 200
    private static let rest = Duration.seconds(3)
    private static let clusterRest = Duration.seconds(10)

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        if bench.settings.hosts != nil { return try await runCluster(on: bench) }
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

    /// Hosts share the partitions, and nothing happens: what consumers, journals and beats cost.
    private func runCluster(on bench: Bench) async throws {
        var settings = bench.settings
        settings.durability = .journal
        try await Bench(settings, report: bench.report).measure(
            Self.clusterTitle, inFlight: 0, register: { _ in },
            { hub, _ in
                // What joining leaves to do.
                try await Task.sleep(for: .seconds(2))
                let before = try await hub.cluster?.usage() ?? []
                let meter = try await hub.meter()
                try await Task.sleep(for: Self.clusterRest)
                let usage = try await meter.stop()
                let after = try await hub.cluster?.usage() ?? []
                let shares = zip(before, after).map { ($1.cpuSeconds - $0.cpuSeconds) / usage.seconds * 100 }
                return Measurement(
                    orchestrations: 0, activities: 0, latencies: Latencies([]), usage: usage, instances: 0
                ) { result in
                    [
                        "percentOfCoreOfAll": result.cpu * 100, "percentOfCoreOfBusiest": shares.max() ?? 0,
                        "MiBOfLargest": Double(result.residentBytes) / 1_048_576,
                    ]
                }
            })
    }
}
