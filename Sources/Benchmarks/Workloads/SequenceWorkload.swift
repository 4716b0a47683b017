import Warren

/// Five activities one after the other: what most orchestrations look like.
///
/// The latency is what a client sees: from its publish to the reply with the result. Six commits and eleven hops of it
/// cannot be had faster: start, five work items, five results. The twelfth hop, the reply, is Warren's own affair.
struct SequenceWorkload: Workload {
    static let name = "sequence"
    static let abstract = "Five sequential activities; 1, 10, 100 and 1000 instances in flight."

    private static let activities = Functions.activitiesOfFive
    private static let commits = 6
    private static let hops = 11
    /// Messages through the broker for each instance, the reply included.
    private static let messages = 12

    private static let turns = 10
    private static let floorSamples = 30

    static var takesHosts: Bool { true }
    static var sequel: (any Workload.Type)? { FollowerWorkload.self }

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    private var numbersInFlight: [Int] { size.inFlight.map { [$0] } ?? [1, 10, 100, 1000] }

    var parts: [any Workload] {
        numbersInFlight.map { SequenceWorkload(WorkloadSize(inFlight: $0, count: size.count)) }
    }

    func run(on bench: Bench) async throws {
        for inFlight in numbersInFlight {
            let count = size.count ?? max(300, min(10_000, inFlight * 60))
            try await run(on: bench, inFlight: inFlight, count: count)
        }
    }

    private func run(on bench: Bench, inFlight: Int, count: Int) async throws {
        let runs = Counter()
        let warmUp = max(20, min(inFlight, 200))
        try await bench.measure(
            Self.name, inFlight: inFlight,
            register: { Functions.registerFive(with: $0, runs) },
            { hub, floor in
                func drive(_ count: Int) async throws -> Latencies {
                    try await hub.load.complete(
                        Functions.five.name, count: count, inFlight: inFlight, input: { $0 },
                        output: { $0 + Self.activities })
                }
                _ = try await drive(warmUp)
                var latencies = Latencies([])
                var usage: Usage?
                // One at a time is compared with the floor, so load and floor take turns, and what counts is the
                // median of the turns: a disk that is slow for a while is slow for both.
                var latenciesToFloor: [Double] = []
                let turns = inFlight == 1 ? min(Self.turns, count) : 1
                for _ in 0..<turns {
                    let meter = try await hub.meter()
                    let found = try await drive(count / turns)
                    let used = try await meter.stop()
                    usage = usage.map { $0 + used } ?? used
                    latencies.add(found)
                    guard inFlight == 1 else { continue }
                    let least = try await floor.sampleLatencies(Self.floorSamples)
                        .milliseconds(commits: Self.commits, hops: Self.hops)
                    latenciesToFloor.append(found.p50 / least)
                }
                let done = count / turns * turns
                let latencyToFloor = Latencies(latenciesToFloor).p50
                try Functions.verify(try await hub.activityRuns(runs), are: (warmUp + done) * Self.activities)
                return Measurement(
                    orchestrations: done, activities: done * Self.activities, latencies: latencies,
                    usage: usage ?? UsageMeter().stop(), instances: warmUp + done
                ) { result in
                    var ratios = [
                        "brokerUse": result.floor.use(
                            messagesPerSecond: result.orchestrationsPerSecond * Double(Self.messages))
                    ]
                    if inFlight == 1 { ratios["latencyToFloor"] = latencyToFloor }
                    return ratios
                }
            })
    }
}
