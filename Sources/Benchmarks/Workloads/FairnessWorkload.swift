import Warren

/// Ten jobs of one customer, alone and beside a hundred thousand of another one, under one limit for both.
struct FairnessWorkload: Workload {
    static let name = "fairness"
    static let abstract = "Ten jobs of one customer, alone and beside 100,000 of another, under one limit."

    /// The title of the result beside the crowd, and of its comparison.
    static let besideTitle = "fairness-beside"
    static let ratio = "p99ToAlone"

    /// How many jobs the limit allows at once, and how long each takes.
    private static let concurrency = 64
    private static let job = Activity<Int, Int>("Job")
    private static let jobTime = Duration.milliseconds(50)
    private static let few = Orchestration<Int, Int>("Few")
    private static let crowd = Orchestration<Int, Int>("Crowd")

    private static let jobsOfFew = 10
    private static let rounds = 20
    private static let crowds = 10

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let alone = try await run(on: bench, "\(Self.name)-alone", width: 0, alone: nil)
        try await run(on: bench, Self.besideTitle, width: max(1, (size.count ?? 100_000) / Self.crowds), alone: alone)
    }

    /// - Parameters:
    ///   - width: how many jobs each instance of the crowd has; 0 for no crowd.
    ///   - alone: the result without a crowd.
    @discardableResult
    private func run(
        on bench: Bench, _ title: String, width: Int, alone: WorkloadResult?
    ) async throws -> WorkloadResult {
        let runs = Counter()
        let all = width * Self.crowds
        return try await bench.measure(
            title, inFlight: Self.jobsOfFew, register: { Self.register(with: $0, runs) },
            { hub, _ in
                func rounds(_ count: Int) async throws -> Latencies {
                    var latencies = Latencies([])
                    for _ in 0..<count {
                        latencies.add(
                            try await hub.load.complete(
                                Self.few.name, count: Self.jobsOfFew, inFlight: Self.jobsOfFew, input: { $0 },
                                output: { $0 + 1 }, lifeSign: runs))
                    }
                    return latencies
                }
                _ = try await rounds(1)
                async let end =
                    width > 0
                    ? hub.load.complete(
                        Self.crowd.name, count: Self.crowds, inFlight: Self.crowds, input: { _ in width },
                        output: { _ in width * (width + 1) / 2 }, lifeSign: runs) : Latencies([])
                // The crowd waits in its queue before the few come.
                while runs.value < all / 5 { try await Task.sleep(for: .milliseconds(50)) }
                let meter = UsageMeter()
                let latencies = try await rounds(Self.rounds)
                let usage = meter.stop()
                if width > 0, runs.value >= all {
                    throw BenchError(.wrong, "The crowd was done before the few: use a larger --count")
                }
                _ = try await end
                let few = Self.jobsOfFew * (Self.rounds + 1)
                try Functions.verify(runs, are: all + few)
                return Measurement(
                    orchestrations: Self.jobsOfFew * Self.rounds, activities: Self.jobsOfFew * Self.rounds,
                    latencies: latencies, usage: usage, instances: few + (width > 0 ? Self.crowds : 0)
                ) { result in
                    guard let alone, alone.latencyMs.p99 > 0 else { return [:] }
                    return [Self.ratio: result.latencyMs.p99 / alone.latencyMs.p99]
                }
            })
    }

    private static func register(with registrar: some FunctionRegistrar, _ runs: Counter) {
        registrar.limit(job, to: ActivityLimits(concurrency: concurrency))
        registrar.register(job) { number in
            try await Task.sleep(for: jobTime)
            runs.add()
            return number + 1
        }
        registrar.register(few) { context, number in try await context.call(job, number, fairnessKey: "few") }
        registrar.register(crowd) { context, count in
            let tasks = (0..<count).map { context.start(job, $0, fairnessKey: "crowd") }
            return try await context.all(tasks).reduce(0, +)
        }
    }
}
