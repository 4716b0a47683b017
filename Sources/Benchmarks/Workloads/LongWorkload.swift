import Warren

/// One instance with a long history: whether its steps become slower as it grows.
///
/// The latency is that of a step: from one activity to the next.
struct LongWorkload: Workload {
    static let name = "long"
    static let abstract = "1000 and 5000 sequential activities in one instance."

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        for steps in size.count.map({ [$0] }) ?? [1000, 5000] { try await run(on: bench, steps: steps) }
    }

    private func run(on bench: Bench, steps: Int) async throws {
        let runs = Counter()
        let moments = Recorder()
        let warmUp = 100
        let origin = Ticks.now
        try await bench.measure(
            "\(Self.name)-\(steps)", inFlight: 1,
            register: { host in
                host.register(Functions.step) { number in
                    runs.add()
                    moments.add(origin.milliseconds())
                    return number + 1
                }
                Functions.registerChain(Functions.steps, with: host) { $0 }
            },
            { hub, _ in
                func drive(_ steps: Int) async throws {
                    _ = try await hub.load.complete(
                        Functions.steps.name, count: 1, inFlight: 1, input: { _ in steps }, output: { _ in steps * 2 },
                        lifeSign: runs)
                }
                try await drive(warmUp)
                _ = moments.take()
                let meter = UsageMeter()
                try await drive(steps)
                let usage = meter.stop()
                try Functions.verify(runs, are: warmUp + steps)
                let times = moments.take()
                return Measurement(
                    orchestrations: 1, activities: steps,
                    latencies: Latencies(zip(times.dropFirst(), times).map { $0 - $1 }), usage: usage, instances: 2
                ) { result in
                    ["stepToFloor": result.latencyMs.p50 / result.floor.milliseconds(commits: 1, hops: 2)]
                }
            })
    }
}
