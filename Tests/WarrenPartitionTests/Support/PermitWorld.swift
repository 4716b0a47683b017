import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Several partitions, the messages between them, and workers that run what they are sent at once and answer when they are
/// told to.
///
/// Its orchestrator calls as many activities as its input says when it starts, and ends with the first answer.
final class PermitWorld {
    struct Running: Hashable {
        var token: TaskToken
        var since: Timestamp
    }

    let benches: [PartitionBench]
    /// Messages on their way, each with the partition that it is for.
    var messages: [(partition: Int, work: Work)] = []
    /// What workers are busy with.
    var running: [Running] = []
    /// All work items so far, in order.
    var dispatched: [WorkItem] = []
    /// The largest number of work items that were under way at once.
    var most = 0
    /// The orders of the calls of an instance, by its ID; without one, plain calls.
    var order = CallOrder()
    var activity = "Act"
    private var lastStart = 0

    init(partitions: Int = 1, rules: PartitionRules = PartitionRules()) throws {
        benches = try (0..<partitions).map { try PartitionBench(rules: rules, partition: $0, of: partitions) }
        for bench in benches {
            bench.executor.script = { [unowned self] event in
                switch event {
                case .executionStarted(let facts):
                    return EpisodeOutcome(
                        actions: (0..<(Int(facts.input.json) ?? 1)).map {
                            .scheduleTask(
                                id: $0, name: activity, input: .null,
                                terms: TaskTerms(timeouts: timeouts, order: order))
                        })
                case .taskCompleted(_, let result): return EpisodeOutcome(completion: .completed(result))
                case .taskFailed(_, let failure): return EpisodeOutcome(completion: .failed(failure))
                default: return EpisodeOutcome()
                }
            }
        }
    }

    var timeouts = ActivityTimeouts.none

    /// The partition that gives out the permits.
    var owner: PartitionBench { benches[benches[0].wire.partition(ofPermitsOf: activity)] }

    var permits: ActivityPermits? { owner.machine.state.permits[activity] }

    var now: Timestamp { benches[0].now }

    func partition(of instanceID: String) -> Int {
        Partitioning.partition(of: instanceID, count: benches.count)
    }

    // MARK: - What happens

    func limit(_ limits: ActivityLimits, isOperators: Bool = false) throws {
        for bench in benches {
            try take(
                bench.step(.command(.limits(LimitsCommand(.set(activity, limits, isOperators: isOperators))))), bench)
        }
    }

    func clear() throws {
        for bench in benches { try take(bench.step(.command(.limits(LimitsCommand(.clear(activity))))), bench) }
    }

    @discardableResult
    func start(calls: Int = 1, tags: [String: String] = [:]) throws -> String {
        lastStart += 1
        let id = "i\(lastStart)"
        let bench = benches[partition(of: id)]
        let start = StartCommand(
            name: "Known", instanceID: id, input: Payload(json: "\(calls)"), tags: tags,
            context: CommandContext(messageKey: id, bodyHash: 1))
        try take(bench.step(.command(.start(start))), bench)
        return id
    }

    func terminate(_ id: String) throws {
        let bench = benches[partition(of: id)]
        try take(bench.step(.command(.control(ControlCommand(instanceID: id, verb: .terminate)))), bench)
    }

    /// Delivers a message.
    ///
    /// - Parameter isRepeated: whether it arrives once more later.
    func deliver(_ index: Int = 0, isRepeated: Bool = false) throws {
        let message = isRepeated ? messages[index] : messages.remove(at: index)
        let bench = benches[message.partition]
        try take(bench.step(message.work), bench)
    }

    /// Delivers everything that is on its way, and what follows from it.
    func settle() throws {
        while !messages.isEmpty { try deliver() }
    }

    /// A worker answers.
    func answer(_ index: Int = 0) throws {
        let work = running.remove(at: index)
        messages.append(
            (
                work.token.partition,
                .command(.workResult(WorkResult(token: work.token, outcome: .completed(.null), attempt: 1)))
            ))
    }

    /// Moves the clock, and applies what is due.
    func pass(_ time: Duration) throws {
        for bench in benches { bench.now = bench.now.advanced(by: time) }
        for bench in benches { try take(bench.step(alarms: true), bench) }
    }

    /// A partition loses its memory; with an input, in the middle of it.
    func crash(_ partition: Int, in work: Work? = nil) throws {
        let bench = benches[partition]
        if let work { _ = bench.step(work) }
        bench.restart()
        try take(bench.step(alarms: true), bench)
    }

    private func take(_ step: Step, _ bench: PartitionBench) throws {
        try bench.keep(step)
        bench.machine.note(removed: step.rows.map(\.id), parkedRows: 0)
        for message in step.rows.flatMap(\.encoded) {
            switch message.exchange {
            case bench.names.partitionExchange:
                let command = try bench.wire.decode(message).get()
                messages.append((bench.wire.partition(of: command), .command(command)))
            case bench.names.activityExchange where message.properties.type == WireType.work:
                let item = try WorkItemCodec(hub: bench.names).decode(bench.wire.received(message)).get().item
                dispatched.append(item)
                running.append(Running(token: item.token, since: now))
                most = max(most, running.count)
            default: break
            }
        }
    }

    /// The rows in which calls and limits are kept, over all partitions.
    var rows: [String] { benches.flatMap { $0.rows.recover().held.map(\.subject) } }

    func status(of id: String) -> RuntimeStatus? { benches[partition(of: id)].instance(id)?.status }
}
