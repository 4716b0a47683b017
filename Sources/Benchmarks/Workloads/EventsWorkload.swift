import Warren

/// Instances that wait for an event: all raised at once, and one at a time.
struct EventsWorkload: Workload {
    static let name = "events"
    static let abstract = "1000 waiting instances raised at once, and a single round trip."

    private static let rounds = 5
    private static let singles = 200

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let count = size.count ?? 1000
        try await together(on: bench, count: count, inFlight: size.inFlight ?? count)
        if size.inFlight == nil { try await single(on: bench) }
    }

    /// Rounds of instances, so that the measured time is long enough to mean something.
    private func together(on bench: Bench, count: Int, inFlight: Int) async throws {
        try await bench.measure(
            Self.name, inFlight: inFlight, register: { Functions.registerListen(with: $0) },
            { hub, _ in
                var series: [String] = []
                for _ in 0...Self.rounds {
                    series.append(try await hub.load.begin(Functions.listen.name, count: count, inFlight: 500))
                }
                // trap: the workload has made it.
                _ = try await hub.load.raise(Functions.go.name, in: series[0], count: count, inFlight: inFlight)
                let meter = UsageMeter()
                var latencies = Latencies([])
                for series in series.dropFirst() {
                    latencies.add(
                        try await hub.load.raise(Functions.go.name, in: series, count: count, inFlight: inFlight))
                }
                return Measurement(
                    orchestrations: count * Self.rounds, activities: 0, latencies: latencies, usage: meter.stop(),
                    instances: count * (Self.rounds + 1)
                ) { result in
                    // The event and the reply with the result.
                    ["brokerUse": result.floor.use(messagesPerSecond: result.orchestrationsPerSecond * 2)]
                }
            })
    }

    private func single(on bench: Bench) async throws {
        let warmUp = 20
        try await bench.measure(
            "\(Self.name)-single", inFlight: 1, register: { Functions.registerListen(with: $0) },
            { hub, _ in
                let first = try await hub.load.begin(Functions.listen.name, count: warmUp, inFlight: warmUp)
                let second = try await hub.load.begin(Functions.listen.name, count: Self.singles, inFlight: 100)
                _ = try await hub.load.raise(Functions.go.name, in: first, count: warmUp, inFlight: 1)
                let meter = UsageMeter()
                let latencies = try await hub.load.raise(
                    Functions.go.name, in: second, count: Self.singles, inFlight: 1)
                return Measurement(
                    orchestrations: Self.singles, activities: 0, latencies: latencies, usage: meter.stop(),
                    instances: warmUp + Self.singles
                ) { result in
                    ["latencyToFloor": result.latencyMs.p50 / result.floor.milliseconds(commits: 1, hops: 2)]
                }
            })
    }
}
