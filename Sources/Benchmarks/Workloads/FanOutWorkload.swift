import Warren

/// Many activities at once in one instance, then their sum.
struct FanOutWorkload: Workload {
    static let name = "fan-out"
    static let abstract = "One instance with 100, 1000 and 10,000 activities at once."

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        for width in size.count.map({ [$0] }) ?? [100, 1000, 10_000] {
            try await run(on: bench, width: width, repeats: max(3, min(20, 10_000 / width)))
        }
    }

    private func run(on bench: Bench, width: Int, repeats: Int) async throws {
        let runs = Counter()
        let inFlight = size.inFlight ?? 1
        let warmUp = 100
        try await bench.measure(
            "\(Self.name)-\(width)", inFlight: inFlight,
            register: { host in
                Functions.registerStep(with: host, runs)
                Functions.registerFan(with: host)
            },
            { hub, _ in
                func drive(_ width: Int, _ count: Int) async throws -> Latencies {
                    try await hub.load.complete(
                        Functions.fan.name, count: count, inFlight: inFlight, input: { _ in width },
                        output: { _ in width * (width + 1) / 2 }, lifeSign: runs)
                }
                _ = try await drive(warmUp, 1)
                let meter = UsageMeter()
                let latencies = try await drive(width, repeats)
                let usage = meter.stop()
                try Functions.verify(runs, are: warmUp + width * repeats)
                return Measurement(
                    orchestrations: repeats, activities: width * repeats, latencies: latencies, usage: usage,
                    instances: 1 + repeats
                ) { result in
                    // A work item and a result for each activity.
                    ["brokerUse": result.floor.use(messagesPerSecond: result.activitiesPerSecond * 2)]
                }
            })
    }
}
