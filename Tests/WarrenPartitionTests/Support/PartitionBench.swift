import AMQPMessages
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// A partition without a host: a machine, rows that change when a step is done, and orchestrators that do as they are told.
final class PartitionBench {
    var rows = SteppedPartition()
    var machine: PartitionMachine
    let executor = ScriptedExecutor()
    var now = Timestamp(microseconds: 1_000_000_000_000_000)
    let names: TaskHubName
    /// Whether the rows of instances, and their histories, are not what was written.
    var areRowsDamaged = false
    var areHistoriesDamaged = false
    private let around: PartitionSurroundings
    private var lastNumber: InputNumber = 0

    init(rules: PartitionRules = PartitionRules(), partition: Int = 0, of count: Int = 1) throws {
        names = try TaskHubName("bench")
        let keys = PartitionKeys(partitionCount: count)
        keys.add(partition, secret: Self.secret)
        var rules = rules
        rules.partition = partition
        around = PartitionSurroundings(
            rules: rules,
            wire: PartitionWire(
                names: names, partition: partition, of: count, signing: .init(secret: Self.secret), keys: keys,
                replies: ReplyRules(), host: "bench"),
            catalog: executor)
        machine = PartitionMachine(RecoveredPartition(), around, entropy: Self.entropy, now: now)
    }

    private static let secret = Array(repeating: UInt8(7), count: 32)
    private static let entropy = Entropy(seed: (1, 2, 3, 4))

    var wire: PartitionWire { around.wire }

    /// What a host that starts now finds.
    func restart() {
        machine = PartitionMachine(rows.recover(), around, entropy: Entropy(seed: (5, 6, 7, lastNumber | 1)), now: now)
    }

    /// One step, on its way to the disk.
    func step(_ works: Work..., alarms: Bool = false) -> Step { step(works, alarms: alarms) }

    func step(_ works: [Work], alarms: Bool = false) -> Step {
        machine.begin(now: now)
        for work in works {
            lastNumber += 1
            machine.add(
                InputContent(work, source: InboundMessage(exchange: "bench.event", routingKey: "k")), number: lastNumber
            )
            advance()
        }
        if alarms {
            machine.addDue(most: 512)
            advance()
        }
        machine.endInputs()
        advance()
        return machine.seal()
    }

    /// A step becomes durable.
    @discardableResult
    func keep(_ step: Step) throws -> Step {
        try rows.apply([step.commit])
        machine.conclude(step.memory)
        return step
    }

    private func advance() {
        while true {
            switch machine.advance() {
            case .rest: return
            case .read(let request): machine.supply(answer(to: request), to: request)
            case .run(let episode):
                if let end = executor.run(episode) {
                    machine.complete(end.outcome, of: end.ticket, session: end.session)
                }
            case .operate(let batch): executor.batches.append(batch)
            case .unwind: executor.unwound += 1
            case .cancel(let ticket): executor.cancelled.append(ticket)
            }
        }
    }

    private func answer(to request: ReadRequest) -> ReadAnswer {
        switch request {
        case .instance(let id): .instance(rows.instance(id).map(marked))
        case .instanceByKey(let key): .instance(rows.instance(key: key).map(marked))
        case .inbox(let key): .inbox(rows.inboxEntry(key))
        case .history(let key, _) where areHistoriesDamaged:
            .damaged(instance: key, reason: "The checksum is wrong.")
        case .history(let key, let generation): .history(rows.history(of: key, generation: generation))
        case .waiters(let key): .waiters(rows.waiters(of: key))
        case .held(let id): .held(rows.heldMessage(id))
        case .recovery: .recovered(rows.recover())
        case .summaries(let query, _): .page(rows.list(query))
        case .outbox(let after, let most, let bytes): .outbox(rows.outbox(after: after, most: most, bytes: bytes))
        }
    }

    private func marked(_ record: InstanceRecord) -> InstanceRecord {
        var record = record
        if areRowsDamaged { record.damage = "the checksum is wrong" }
        return record
    }

    // MARK: - Reading

    func instance(_ id: String) -> InstanceRecord? { machine.state.instances.peek(id)?.record ?? rows.instance(id) }

    /// What a step writes, says and settles, in short.
    func summary(_ step: Step, of id: String = "i") -> String {
        var parts = [instance(id).map { "\($0.status)" } ?? "none"]
        let commit = step.commit
        func note(_ name: String, _ count: Int) { if count > 0 { parts.append("\(name)\(count)") } }
        note("row", commit.instances.count)
        note("history", commit.history.count)
        note("inbox", commit.inbox.count)
        note("timer", commit.timers.count)
        note("-timer", commit.removedTimers.count)
        note("lease", commit.leases.count)
        note("-lease", commit.removedLeases.count)
        note("held", commit.held.count)
        note("-held", commit.removedHeld.count)
        note("waiter", commit.waiters.count)
        note("purged", commit.purgedInstances.count)
        note("aside", commit.setAside.count)
        parts += step.rows.flatMap(\.encoded).map(name)
        parts += step.replies.map(name)
        if !step.asked.isEmpty { parts.append("asked") }
        if step.settled.isEmpty, step.settledWhenReplied.isEmpty, step.asked.isEmpty { parts.append("waits") }
        return parts.joined(separator: " ")
    }

    private func name(_ message: OutboundMessage) -> String {
        switch message.exchange {
        case "": "reply:\(message.properties.headers[WireHeader.status]?.string ?? "?")"
        case names.deadExchange: "dead:\(message.routingKey)"
        case names.activityExchange: "work:\(message.routingKey)"
        case names.partitionExchange:
            switch wire.decode(message) {
            case .success(.childCompleted(let end)):
                if case .completed = end.result { "child:completed" } else { "child:failed" }
            case .success(.start): "start"
            case .success(.raise): "raise"
            case .success(.control(let command)): "\(command.verb)"
            default: "partition"
            }
        case names.lifecycleExchange: "lifecycle:\(message.routingKey)"
        case names.consoleExchange: "console"
        default: message.exchange
        }
    }
}

/// An executor whose orchestrator calls an activity when it starts, and ends with the answer; an event is nothing to it.
final class ScriptedExecutor: OrchestrationCatalog, @unchecked Sendable {
    var isInline = true
    var known: Set<String> = ["Known"]
    /// What it does at an event, if not the usual.
    var script: ((HistoryEvent) -> EpisodeOutcome?)?
    var asked: [EpisodeRequest] = []
    var unwound = 0
    /// The operations of entities that are to run.
    var batches: [EntityBatch] = []
    var knownEntities: Set<String> = ["counter", "account"]
    var cancelled: [EpisodeTicket] = []
    /// The versions that every known orchestration is registered for, and the rules about the others.
    var registered: [String?] = [nil]
    var versions = VersionRules()
    var parks = true

    func admission(of name: String, version asked: String?) -> (version: String?, verdict: VersionVerdict) {
        let version = versions.version(asked: asked, registered: registered)
        return (version, verdict(on: name, version))
    }

    func verdict(on name: String, _ version: String?) -> VersionVerdict {
        known.contains(name) ? versions.verdict(on: name, version, registered: registered) : .unknown
    }

    func parksNonDeterminism(of name: String, _ version: String?) -> Bool { parks }

    func runs(_ name: String) -> Bool { known.contains(name) }
    func isInline(_ name: String) -> Bool { isInline }
    var orchestrationNames: [String] { known.sorted() }
    func runsEntity(_ name: String) -> Bool { knownEntities.contains(name) }
    var entityNames: [String] { knownEntities.sorted() }
    var activityNames: [String] { ["Served"] }

    func run(_ request: EpisodeRequest) -> EpisodeEnd? {
        asked.append(request)
        guard isInline else { return nil }
        return end(of: request)
    }

    func end(of request: EpisodeRequest) -> EpisodeEnd {
        var outcome = EpisodeOutcome()
        for event in request.events {
            let done = script?(event) ?? usual(event)
            // What comes behind the end is left.
            if outcome.completion == nil { outcome.updates += done.updates }
            outcome.actions += done.actions
            outcome.completion = done.completion ?? outcome.completion
            outcome.isNonDeterminism = outcome.isNonDeterminism || done.isNonDeterminism
            outcome.bodyEnd = done.bodyEnd ?? outcome.bodyEnd
            outcome.nextVersion = done.nextVersion ?? outcome.nextVersion
            outcome.newUpdateNames += done.newUpdateNames
        }
        return EpisodeEnd(ticket: request.ticket, outcome: outcome, session: IdleSession())
    }

    private func usual(_ event: HistoryEvent) -> EpisodeOutcome {
        switch event {
        case .executionStarted:
            EpisodeOutcome(actions: [
                .scheduleTask(id: 0, name: "Act", input: .null),
                .createTimer(id: 1, fireAt: Timestamp(microseconds: 1_000_000_100_000_000)),
                .createSubOrchestration(id: 2, name: "Known", instanceID: "child", input: .null),
            ])
        case .taskCompleted(_, let result): EpisodeOutcome(completion: .completed(result))
        case .taskFailed(_, let failure): EpisodeOutcome(completion: .failed(failure))
        default: EpisodeOutcome()
        }
    }
}

/// Stands for an orchestrator in memory.
final class IdleSession: OrchestratorSession {
    func advance(_ events: [HistoryEvent]) -> EpisodeOutcome { EpisodeOutcome() }
    func evict() {}
}
