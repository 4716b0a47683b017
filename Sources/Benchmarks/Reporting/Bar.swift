/// How good a result has to be.
struct Bar: Sendable {
    enum Direction: Sendable {
        case atLeast
        case atMost
    }

    var title: String
    var direction: Direction
    /// What is demanded.
    var bar: Double
    /// What is aimed for.
    var aim: Double?
    /// The number to compare, if the results hold it.
    var value: @Sendable ([WorkloadResult]) -> Double?

    static let all: [Bar] = [
        Bar("sequence, 1000 in flight, RabbitMQ: orchestrations/s", .atLeast, 800, aim: 2000) {
            $0.last("sequence", .rabbitMQ, inFlight: 1000)?.orchestrationsPerSecond
        },
        Bar("sequence, 1000 in flight, in-process: orchestrations/s", .atLeast, 2000, aim: 4000) {
            $0.last("sequence", .inProcess, inFlight: 1000)?.orchestrationsPerSecond
        },
        Bar("sequence, one at a time, RabbitMQ: p50 to 6 commits + 11 hops", .atMost, 1.5, aim: 1.2) {
            $0.last("sequence", .rabbitMQ, inFlight: 1)?.ratios["latencyToFloor"]
        },
        Bar("sequence, 1000 in flight, RabbitMQ: rate with a journal to that without", .atLeast, 0.75, aim: 0.9) {
            JournalCost("sequence", inFlight: 1000, $0)?.throughputRatio
        },
        Bar("sequence, one at a time, RabbitMQ: ms that a journal adds to each step", .atMost, 1, aim: 0.5) {
            JournalCost("sequence", inFlight: 1, $0)?.extraMsPerStep
        },
        Bar("sequence, one partition: % of its owner's rate that a warm follower costs", .atMost, 15, aim: 8) {
            FollowerCost($0)?.percent
        },
        Bar("idle hosts that share a hub: % of a core, all together", .atMost, 3, aim: 1) {
            $0.last { $0.workload == IdleWorkload.clusterTitle }.map { $0.cpu * 100 }
        },
        Bar("idle hosts that share a hub: MiB of the largest", .atMost, 100) {
            $0.last { $0.workload == IdleWorkload.clusterTitle }.map { Double($0.residentBytes) / 1_048_576 }
        },
        Bar("fan-out 10,000, RabbitMQ: activities/s", .atLeast, 4000, aim: 10_000) {
            $0.last("fan-out-10000", .rabbitMQ)?.activitiesPerSecond
        },
        Bar("fan-out, RabbitMQ: time for each activity at 10,000 to that at 1000", .atMost, 1.3) {
            $0.ratio($0.last("fan-out-1000", .rabbitMQ), $0.last("fan-out-10000", .rabbitMQ))
        },
        Bar("events, 1000, RabbitMQ: events/s", .atLeast, 3000, aim: 8000) {
            $0.last("events", .rabbitMQ)?.orchestrationsPerSecond
        },
        Bar("timers, RabbitMQ: lateness p99, ms", .atMost, 50, aim: 20) {
            $0.last("timers", .rabbitMQ)?.latencyMs.p99
        },
        Bar("start, RabbitMQ: completions/s", .atLeast, 3000, aim: 8000) {
            $0.last("start", .rabbitMQ)?.orchestrationsPerSecond
        },
        Bar("long, RabbitMQ: ms for each step at 5000 to that at 1000", .atMost, 1.15, aim: 1.05) {
            $0.ratio($0.last("long-1000", .rabbitMQ), $0.last("long-5000", .rabbitMQ))
        },
        Bar("fairness, RabbitMQ: p99 of ten jobs beside 100,000 of another key to that alone", .atMost, 2, aim: 1.5) {
            $0.last(FairnessWorkload.besideTitle, .rabbitMQ)?.ratios[FairnessWorkload.ratio]
        },
        Bar("sequence beside a client that lists 1000 instances of 1 MiB: rate kept", .atLeast, 0.9, aim: 0.97) {
            $0.last(ListingWorkload.name, .rabbitMQ)?.ratios[ListingWorkload.ratio]
        },
        Bar("replay of 10,000 events: p50, ms", .atMost, 60, aim: 20) { $0.last("replay")?.latencyMs.p50 },
        Bar("idle, 100,000 waiting: resident MB", .atMost, 500, aim: 250) {
            $0.last("idle").map { Double($0.residentBytes) / 1e6 }
        },
        Bar("idle, 100,000 waiting: CPU seconds per second", .atMost, 0.01) { $0.last("idle")?.cpu },
    ]

    init(
        _ title: String, _ direction: Direction, _ bar: Double, aim: Double? = nil,
        value: @escaping @Sendable ([WorkloadResult]) -> Double?
    ) {
        self.title = title
        self.direction = direction
        self.bar = bar
        self.aim = aim
        self.value = value
    }
}

extension [WorkloadResult] {
    /// The latest result of a workload without a journal.
    fileprivate func last(
        _ workload: String, _ transport: TransportKind? = nil, inFlight: Int? = nil
    ) -> WorkloadResult? {
        last {
            $0.workload == workload && $0.durability == DurabilityKind.local.rawValue
                && (transport == nil || $0.transport == transport?.rawValue)
                && (inFlight == nil || $0.inFlight == inFlight)
        }
    }

    /// How much longer an activity takes in the second result.
    fileprivate func ratio(_ first: WorkloadResult?, _ second: WorkloadResult?) -> Double? {
        guard let first, let second, second.activitiesPerSecond > 0 else { return nil }
        return first.activitiesPerSecond / second.activitiesPerSecond
    }
}
