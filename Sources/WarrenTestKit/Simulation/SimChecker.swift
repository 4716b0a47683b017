import AMQPMessages
import Warren
import WarrenMessaging
import WarrenStorage

/// Checks the host's behaviour against its promises: the invariants of the correctness argument, at every flush, every
/// publish and every acknowledgement, and at the end.
final class SimChecker: @unchecked Sendable {
    /// One generation of an instance, according to its flushed history.
    struct Generation {
        var number: Int
        /// The execution that began, and those that went on from its history.
        var executions: Set<String> = []
        /// Whether the events of a former execution are written again.
        var isRepeating = false
        var episodes = 0
        var activities: Set<Int> = []
        var children: Set<Int> = []
        var timers: Set<Int> = []
        var completed: Set<Int> = []
        /// The contents of events: each one from elsewhere arrives once.
        var tokens: Set<String> = []
        var earlierTokens: Set<String> = []
        var events: [HistoryEvent] = []
        var hasStarted = false
        var isEnded = false
    }

    struct InstanceKey: Hashable {
        var partition: Int
        var key: Int64
    }

    struct RowKey: Hashable {
        var partition: Int
        var id: Int64
    }

    /// Called with every task that is answered: for a planted bug.
    var onCompletion: ((_ partition: Int, _ instanceID: String, _ task: Int) -> Void)?
    /// Called with every new row of an instance.
    var onInsert: ((_ instanceID: String) -> Void)?
    /// Called with every commit that has become durable, after the checks of this checker.
    var onCommit: ((PartitionCommit, SimDisk) -> Void)?
    /// The number of times that a flushed row said that an instance waits for a host with its version.
    private(set) var versionParkings = 0
    /// Whether messages from partition to partition stay in the process.
    var routesLocally = true
    private let world: SimWorld
    private let broker: SimBroker
    private let ledger: SimLedger
    private let decoder: IntakeDecoder
    private let signers: [Int: TokenSigner]
    let disks: [SimDisk]
    private(set) var generations: [InstanceKey: Generation] = [:]
    /// The number of times that an instance ID was given to a new row.
    private(set) var created: [String: Int] = [:]
    /// The message keys in flushed commits, each with its place in their order.
    private(set) var keys: [String: Int] = [:]
    /// The IDs and keys that occur in flushed rows of the outbox, held messages and detoured messages.
    private var mentions: Set<String> = []
    private var calls: Set<String> = []
    private var rows: [RowKey: [OutboundMessage]] = [:]
    /// Every message that was ever in a flushed row.
    private var committed: Set<OutboundMessage> = []
    /// The messages that the broker had, or can never have.
    private var safe: Set<OutboundMessage> = []

    init(_ broker: SimBroker, _ disks: [SimDisk], _ ledger: SimLedger, secrets: [Int: [UInt8]]) {
        world = broker.world
        self.broker = broker
        self.disks = disks
        self.ledger = ledger
        decoder = IntakeDecoder(
            hub: broker.names, knows: { $0 == SimProgram.name || $0 == ScheduleKeeper.keep.name }, newID: { "new" })
        signers = secrets.mapValues { TokenSigner(secret: $0) }
        for disk in disks {
            disk.onFlush = { [weak self] commits, disk in
                for commit in commits { self?.flushed(commit, disk) }
            }
        }
        broker.onArrival = { [weak self] message, _, outcome in self?.arrived(message, outcome) }
    }

    /// Checks the behaviour of one process from now on.
    func watch(_ connection: SimConnection) {
        connection.onPublish = { [weak self] in self?.published($0) }
        connection.onAcknowledge = { [weak self] in self?.acknowledged($0, queue: $1) }
    }

    private static func plain(_ message: OutboundMessage) -> OutboundMessage {
        var message = message
        message.properties.headers[WireHeader.signature] = nil
        return message
    }

    // MARK: - Messages

    /// Checks I2: every message that a host publishes stems from committed state, except answers and messages that it
    /// passes on.
    private func published(_ message: OutboundMessage) {
        if message.exchange.isEmpty || message.exchange == broker.names.deadExchange { return }
        if message.exchange == broker.names.partitionExchange, message.routingKey.hasSuffix(".intake") { return }
        if !committed.contains(Self.plain(message)) {
            world.fail("I2", SimNames.of(message), "it is published, and in no durable row of an outbox")
        }
    }

    private func arrived(_ message: OutboundMessage, _ outcome: PublishOutcome) {
        switch outcome.verdict {
        case .confirmed: safe.insert(Self.plain(message))
        // No caller waits for the answer any more, or the task fails for it.
        case .missing where message.exchange.isEmpty || message.exchange == broker.names.activityExchange:
            safe.insert(Self.plain(message))
        default: break
        }
        if outcome == .confirmed, message.exchange == broker.names.partitionExchange,
            message.routingKey.hasSuffix(".intake")
        {
            mention(inside: message.body)
        }
    }

    private func mention(inside bytes: [UInt8]) {
        for message in (try? OutboxCodec.decode(bytes)) ?? [] { mention(message) }
    }

    private func mention(_ message: OutboundMessage) {
        if let id = message.properties.messageID { mentions.insert(id) }
        if let id = message.properties.correlationID { mentions.insert(id) }
        if let key = message.properties.headers[WireHeader.messageKey]?.string { mentions.insert(key) }
    }

    /// Checks I1: an acknowledged message has taken effect in durable state, or has no effect.
    private func acknowledged(_ message: InboundMessage, queue: String) {
        world.trace { "ack \(queue) \(SimNames.of(message))" }
        if queue == broker.names.intakeQueue { return acknowledgedIntake(message) }
        guard let partition = broker.names.partition(ofQueue: queue) else { return }
        if message.exchange == broker.names.resultExchange { return acknowledgedResult(message, partition) }
        if let key = message.properties.headers[WireHeader.messageKey]?.string {
            if keys[key] == nil, !mentions.contains(key) { lost(message) }
            return
        }
        guard let execution = message.properties.headers[WireHeader.parentExecutionID]?.string,
            let task = message.properties.headers[WireHeader.parentTaskID]?.integer,
            let parent = message.properties.headers[WireHeader.parentInstanceID]?.string
        else { return }
        switch message.properties.type {
        case WireType.start: if !calls.contains("\(execution):\(task)") { lost(message) }
        case WireType.childCompleted:
            if isOpen(parent, execution, partition, { $0.children }, Int(task)) { lost(message) }
        default: break
        }
    }

    private func acknowledgedIntake(_ message: InboundMessage) {
        guard case .success(let reading) = decoder.read(message) else { return }
        for command in reading.commands {
            let context: CommandContext
            switch command {
            case .start(let start): context = start.context
            case .raise(let raise): context = raise.context
            case .control(let control): context = control.context
            default: continue
            }
            let names = [context.messageKey, message.properties.messageID, message.properties.correlationID]
            let isSafe = names.contains { name in name.map { keys[$0] != nil || mentions.contains($0) } ?? false }
            if !isSafe { lost(message) }
        }
    }

    private func acknowledgedResult(_ message: InboundMessage, _ partition: Int) {
        guard let token = message.properties.correlationID.flatMap({ signers[partition]?.verify($0) }) else { return }
        let status = message.properties.headers[WireHeader.status]?.string
        guard status == nil || status == "ok" || status == "failed" else { return }
        if isOpen(token.instanceID, token.executionID, partition, { $0.activities }, token.taskID) { lost(message) }
    }

    private func isOpen(
        _ instanceID: String, _ execution: String, _ partition: Int, _ asked: (Generation) -> Set<Int>, _ task: Int
    ) -> Bool {
        guard let record = disks[partition].rows.instance(instanceID), record.executionID == execution,
            !record.status.isTerminal,
            let generation = generations[InstanceKey(partition: partition, key: record.key)],
            generation.number == record.generation
        else { return false }
        return asked(generation).contains(task) && !generation.completed.contains(task)
    }

    private func lost(_ message: InboundMessage) {
        world.fail("I1", SimNames.of(message), "it is acknowledged, and durable state shows nothing of it")
    }

    // MARK: - Commits

    private func flushed(_ commit: PartitionCommit, _ disk: SimDisk) {
        let partition = disk.partition
        for key in commit.purgedInstances { generations[InstanceKey(partition: partition, key: key)] = nil }
        for write in commit.instances {
            if write.kind == .insert {
                created[write.record.instanceID, default: 0] += 1
                onInsert?(write.record.instanceID)
            }
            if write.record.condition.suspension?.cause == .version { versionParkings += 1 }
            if let parent = write.record.parent { calls.insert("\(parent.executionID):\(parent.taskID)") }
        }
        for row in commit.history { flushed(row, partition) }
        for entry in commit.inbox {
            if keys[entry.key] == nil { keys[entry.key] = keys.count }
            if entry.key.hasPrefix("call:") { calls.insert(String(entry.key.dropFirst("call:".count))) }
        }
        for held in commit.held { mention(inside: held.message) }
        for row in commit.outbox {
            guard let messages = try? OutboxCodec.decode(row.messages) else {
                world.fail("I3", "\(disk.entity) row \(row.id)", "it cannot be read")
                continue
            }
            rows[RowKey(partition: partition, id: row.id)] = messages
            for message in messages {
                mention(message)
                committed.insert(Self.plain(message))
            }
        }
        onCommit?(commit, disk)
        // I3: a removed message is safe with the broker, or has taken effect in this process.
        for id in commit.removedOutbox {
            for message in rows.removeValue(forKey: RowKey(partition: partition, id: id)) ?? [] {
                let isLocal = routesLocally && message.exchange == broker.names.partitionExchange
                guard !isLocal, message.isMandatory, !safe.contains(Self.plain(message)) else { continue }
                world.fail(
                    "I3", SimNames.of(message),
                    "row \(id) of \(disk.entity) is removed, and the broker does not have it")
            }
        }
    }

    private func flushed(_ row: HistoryRow, _ partition: Int) {
        guard let events = try? HistoryCodec.decode(row.events) else {
            return world.fail("I5", "instance \(row.instance)", "an episode cannot be read")
        }
        let key = InstanceKey(partition: partition, key: row.instance)
        let entity = disks[partition].rows.instance(key: row.instance)?.instanceID ?? "\(row.instance)"
        var generation = generations[key] ?? Generation(number: row.generation)
        if generation.number != row.generation {
            var next = Generation(number: row.generation)
            next.earlierTokens = generation.earlierTokens.union(generation.tokens)
            next.isRepeating = events.contains { event in
                if case .executionStarted(let facts) = event {
                    return generation.executions.contains(facts.executionID)
                }
                if case .executionRewound = event { return true }
                return false
            }
            generation = next
        }
        // I5: episodes have no gaps, and nothing follows the end.
        if row.episode != generation.episodes || generation.isEnded {
            world.fail("I5", entity, "episode \(row.episode) follows \(generation.episodes) earlier ones")
        }
        generation.episodes += 1
        generation.events += events
        for event in events { take(event, &generation, entity) }
        if events.contains(where: { if case .executionRewound = $0 { true } else { false } }) {
            generation.isRepeating = false
        }
        generations[key] = generation
        guard let onCompletion, !generation.isEnded else { return }
        for case .taskCompleted(let id, _) in events { onCompletion(partition, entity, id) }
    }

    /// Checks I4: each request is answered once, and each message takes effect once.
    private func take(_ event: HistoryEvent, _ generation: inout Generation, _ entity: String) {
        func complete(_ id: Int, _ asked: Set<Int>) {
            if !asked.contains(id) { world.fail("I4", "\(entity)/\(id)", "an answer to what was not asked for") }
            if !generation.completed.insert(id).inserted { world.fail("I4", "\(entity)/\(id)", "a second answer") }
        }
        switch event {
        case .executionStarted(let facts):
            if generation.hasStarted { world.fail("I4", entity, "it starts twice") }
            generation.hasStarted = true
            generation.executions.insert(facts.executionID)
        case .executionRewound(let facts):
            generation.executions.formUnion([facts.formerExecutionID, facts.executionID])
        case .taskScheduled(let id, _, _, _):
            if !generation.activities.insert(id).inserted { world.fail("I4", "\(entity)/\(id)", "asked for twice") }
        case .subOrchestrationCreated(let id, _, _, _, _): generation.children.insert(id)
        case .timerCreated(let id, _): generation.timers.insert(id)
        case .taskCompleted(let id, _), .taskFailed(let id, _):
            complete(id, generation.activities)
            if case .taskFailed(_, let failure) = event, failure.type != SimProgram.plannedFailure { break }
            if !generation.executions.contains(where: { ledger.effects.contains(.init(execution: $0, task: id)) }) {
                world.fail("I4", "\(entity)/\(id)", "a result that no worker gave")
            }
        case .taskCanceled(let id): complete(id, generation.activities)
        case .subOrchestrationCompleted(let id, _), .subOrchestrationFailed(let id, _):
            complete(id, generation.children)
        case .timerFired(let id): complete(id, generation.timers)
        case .eventRaised(let name, let input, _):
            let token = "\(name) \(input.json)"
            // The next generation begins with the events that the previous one had not used.
            let isCarried = generation.isRepeating || (generation.episodes == 1 && generation.number > 0)
            if !generation.tokens.insert(token).inserted
                || (!isCarried && generation.earlierTokens.contains(token))
            {
                world.fail("I4", entity, "the event \(token) is taken twice")
            }
        case .executionCompleted, .continuedAsNew: generation.isEnded = true
        default: break
        }
    }
}
