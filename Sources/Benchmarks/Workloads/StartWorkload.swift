import Warren

/// Instances that end at once: what accepting, recording and answering costs.
struct StartWorkload: Workload {
    static let name = "start"
    static let abstract = "10,000 instances without activities."

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let count = size.count ?? 10_000
        let inFlight = size.inFlight ?? 1000
        let warmUp = 500
        try await bench.measure(
            Self.name, inFlight: inFlight,
            register: { host in host.register(Functions.echo) { _, input in input } },
            { hub, _ in
                func drive(_ count: Int) async throws -> Latencies {
                    try await hub.load.complete(
                        Functions.echo.name, count: count, inFlight: inFlight, input: { $0 }, output: { $0 })
                }
                _ = try await drive(warmUp)
                let meter = UsageMeter()
                let latencies = try await drive(count)
                return Measurement(
                    orchestrations: count, activities: 0, latencies: latencies, usage: meter.stop(),
                    instances: warmUp + count
                ) { result in
                    // The start and the reply with the result.
                    var ratios = [
                        "brokerUse": result.floor.use(messagesPerSecond: result.orchestrationsPerSecond * 2)
                    ]
                    if inFlight == 1 {
                        ratios["latencyToFloor"] =
                            result.latencyMs.p50 / result.floor.milliseconds(commits: 1, hops: 2)
                    }
                    return ratios
                }
            })
    }
}
