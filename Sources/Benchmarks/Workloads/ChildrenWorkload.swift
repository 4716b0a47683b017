import Warren

/// Five sub-orchestrations one after the other: what passes between the partitions of one host.
///
/// The partition of a child is another one than its parent's in three cases of four, with four partitions. One start and one
/// end go between them for each child, and neither goes through the broker.
struct ChildrenWorkload: Workload {
    static let name = "children"
    static let abstract = "Five sequential sub-orchestrations; 1, 100 and 1000 instances in flight."

    private static let children = 5

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    private var numbersInFlight: [Int] { size.inFlight.map { [$0] } ?? [1, 100, 1000] }

    var parts: [any Workload] {
        numbersInFlight.map { ChildrenWorkload(WorkloadSize(inFlight: $0, count: size.count)) }
    }

    func run(on bench: Bench) async throws {
        for inFlight in numbersInFlight {
            try await run(on: bench, inFlight: inFlight, count: size.count ?? max(300, min(10_000, inFlight * 60)))
        }
    }

    private func run(on bench: Bench, inFlight: Int, count: Int) async throws {
        let warmUp = max(20, min(inFlight, 200))
        try await bench.measure(
            Self.name, inFlight: inFlight,
            register: { Functions.registerFamily(with: $0, children: Self.children) },
            { hub, _ in
                func drive(_ count: Int) async throws -> Latencies {
                    try await hub.load.complete(
                        Functions.family.name, count: count, inFlight: inFlight, input: { $0 },
                        output: { $0 + Self.children })
                }
                _ = try await drive(warmUp)
                let meter = UsageMeter()
                let latencies = try await drive(count)
                var measurement = Measurement(
                    orchestrations: count, activities: 0, latencies: latencies, usage: meter.stop(),
                    instances: (warmUp + count) * (1 + Self.children)
                ) { result in
                    // The start and the reply with the result.
                    ["brokerUse": result.floor.use(messagesPerSecond: result.orchestrationsPerSecond * 2)]
                }
                measurement.children = count * Self.children
                return measurement
            })
    }
}
