import Warren

/// What a warm follower costs the owner of a partition: the sequence on a hub of one partition, with one host, and with a
/// second one that only follows, in turns. A third process runs the activities in both cases.
struct FollowerWorkload: Workload {
    static let name = "follower"
    static let abstract = "What a second host that only follows costs a partition's owner."
    static var takesHosts: Bool { true }
    static var isComparison: Bool { true }

    private static let mostAttempts = 20
    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let first = bench.report.count
        for hosts in [2, 1, 1, 2] {
            var settings = bench.settings
            settings.durability = .journal
            settings.partitionCount = 1
            settings.hosts = hosts
            try await measure(on: Bench(settings, report: bench.report))
        }
        bench.report.compare(from: first)
    }

    private func measure(on bench: Bench) async throws {
        let inFlight = size.inFlight ?? 1000
        let count = size.count ?? 5000
        let warmUp = min(inFlight, 200)
        try await bench.measure(
            Self.name, inFlight: inFlight, register: { _ in }, arrange: Self.arrange,
            { hub, _ in
                func drive(_ count: Int) async throws -> Latencies {
                    try await hub.load.complete(
                        Functions.five.name, count: count, inFlight: inFlight, input: { $0 }, output: { $0 + 5 })
                }
                _ = try await drive(warmUp)
                let meter = try await hub.meter()
                let latencies = try await drive(count)
                let usage = try await meter.stop()
                try Functions.verify(try await hub.activityRuns(Counter()), are: (warmUp + count) * 5)
                return Measurement(
                    orchestrations: count, activities: count * 5, latencies: latencies, usage: usage,
                    instances: warmUp + count, ratios: { _ in [:] })
            })
    }

    /// Starts the hosts so that the first owns the partition, with the intake, and the second follows.
    private static func arrange(_ cluster: Cluster, _ view: HubView?) async throws {
        guard let view else { return }
        // The first one was started with everything; it comes again without activities.
        for host in cluster.hosts { await cluster.stop(host) }
        try await cluster.launch(9, roles: ["activity"]).awaitReady()
        let owner = try cluster.launch(0, roles: ["orchestrator"])
        try await owner.awaitReady()
        _ = try await view.settle([owner.id], calm: 500)
        guard cluster.settings.hosts ?? 1 > 1 else { return }
        // Which of two hosts should have a partition is by chance of their names, and new with each start.
        for _ in 0..<mostAttempts {
            let follower = try cluster.launch(1, roles: ["orchestrator"])
            try await follower.awaitReady()
            let owners = try await view.settle([owner.id, follower.id])
            if owners.values.allSatisfy({ $0 == owner.id }) { return }
            await cluster.stop(follower)
            _ = try await view.settle([owner.id], calm: 500)
        }
        throw BenchError(.stalled, "The partition went to the second host at every start")
    }
}
