import AMQPMessages
import DequeModule
package import Warren
import WarrenMessaging

/// Turns inputs into steps.
///
/// Pure: no I/O, clock, task, log or random source. Time, randomness and the results of reads are inputs, and the
/// outputs are values: what to read, what to run, and what to write, send and settle. One step consists of
/// ``begin(now:areWorkersHeard:)``, ``add(_:number:)-(InputContent,_)`` and ``addDue(most:)`` as often as needed,
/// ``endInputs()``, and ``seal()``. After each call but the last, ``advance()`` returns what has to be done before the
/// machine can continue, until there is nothing left to do.
///
/// A later step may build on an earlier one that is not durable yet, because steps become durable in order and no
/// effect of a step leaves the partition before that. If a step fails, the machine is dropped with all later steps, and
/// a new one continues from the store.
package struct PartitionMachine {
    package let around: PartitionSurroundings
    package internal(set) var state: PartitionState
    /// The open step.
    var step: Step
    private var areWorkersHeard = true

    /// The items to apply in this step, in order. What follows from an item stands in front of later items.
    var work: Deque<QueuedWork> = []
    /// The instances with work that waits until the store has all of their histories.
    var unstored: Set<Int64> = []
    /// The work that waited for that, in order.
    var ready: [QueuedWork] = []
    /// The number of due alarms that may still be taken in this step.
    var dueAlarms = 0
    /// The input that is being applied, or from which the applied item follows.
    var root: Root?
    /// The surroundings of the command that is being applied.
    var current: Frame
    /// The number of damaged instances that the current work has found, and the last one that could not be failed.
    var repairs = 0
    var futileRepair: Int64?

    /// Whether this step takes no further inputs.
    private var hasAllInputs = false
    /// The index of the touched instance that is run, and the state of its run.
    var touchedAt = 0
    var run: EpisodeRun?

    /// Observations that belong to no step.
    private var observations: [Observation] = []
    /// Rows of the outbox that are safe elsewhere, to be removed by the next step.
    private var removedRows: [Int64] = []

    /// An input, until everything that follows from it is applied.
    struct Root {
        var number: InputNumber
        /// The number of answers that the step had before it.
        var replies: Int
        var questions: Int
    }

    /// What has to be done before the partition can continue.
    package enum Action: Sendable {
        /// Nothing: more inputs may be taken, or the step sealed.
        case rest
        /// Read this, and hand the result to ``PartitionMachine/supply(_:to:)``.
        case read(ReadRequest)
        /// Run this, and hand the outcome to ``PartitionMachine/complete(_:of:session:)``.
        case run(EpisodeRequest)
        /// Unwind an orchestrator that is not needed any more. A death during that is attributed to the subject.
        case unwind(any OrchestratorSession, subject: String)
        /// Run operations of an entity beside the partition, and hand the outcomes in as a later input.
        case operate(EntityBatch)
        /// Cancel an episode: its outcome is not needed any more.
        case cancel(EpisodeTicket)
    }

    /// Continues where the last host stopped.
    ///
    /// - Parameter entropy: for the IDs of executions.
    package init(
        _ recovered: RecoveredPartition, _ around: PartitionSurroundings, entropy: Entropy, now: Timestamp
    ) {
        self.around = around
        state = PartitionState(recovered, around, entropy: entropy, now: now)
        step = Step(now: now)
        current = Frame(around: around, now: now, areWorkersHeard: true)
        state.changeGate(&observations) { $0.add(recovered.outboxCount) }
    }

    // MARK: - Between steps

    // Read in every turn of a loop, so they are `mutating`: for another getter the machine of an object is copied first.

    /// Whether starts, events and control messages from outside are taken at present.
    package var takesIntake: Bool { mutating get { state.gate.takesIntake } }
    /// Whether timers fire at present.
    package var firesTimers: Bool { mutating get { state.gate.firesTimers } }
    /// The rows of the outbox, and the messages that are held.
    package var load: (outboxRows: Int, held: Int) { mutating get { (state.gate.rows, state.held.count) } }
    /// The activities with limits for which this partition gives permits out.
    package var permitNames: [String] {
        mutating get {
            state.permits.all.map(\.known.activity).filter {
                around.wire.partition(ofPermitsOf: $0) == around.rules.partition
            }
        }
    }
    /// The time of the earliest alarm.
    package var nextAlarm: Timestamp? { mutating get { state.deadlines.next } }
    /// Whether rows wait to be removed, or work that waited for the store can be done.
    package var hasFindings: Bool { mutating get { !removedRows.isEmpty || !ready.isEmpty } }
    /// Whether work waits for commits on their way.
    package var awaitsCommits: Bool { mutating get { !unstored.isEmpty } }
    /// Whether rows wait to be set aside.
    package var hasDamage: Bool { mutating get { !state.damage.isEmpty } }

    /// Notes rows of the outbox that are safe elsewhere, and the number of rows that wait for a destination that
    /// accepts nothing. The effect on new work is immediate; the rows are removed by the next step.
    package mutating func note(removed: [Int64], parkedRows: Int) {
        removedRows += removed
        state.changeGate(&observations) { $0.remove(removed.count) }
        state.changeGate(&observations) { $0.park(parkedRows) }
    }

    /// Notes a row of the outbox that cannot be read. It is set aside by the next step.
    package mutating func note(unreadable row: DamagedRow) { state.damage.noteOutbox(row) }

    /// Returns what has to be searched for in the histories of open instances, because rows that stood for it were set
    /// aside; once.
    package mutating func takeSweep() -> DamageFindings.Sweep? { state.damage.takeSweep() }

    /// Removes instances from memory that have gone unused for longest, and returns the sessions to unwind. Instances
    /// that an open step writes stay.
    package mutating func evict() -> [(session: any OrchestratorSession, subject: String)] {
        let written = Set(step.commit.instances.lazy.map(\.record.key))
        return state.instances.evictable(except: written).compactMap { instance in
            instance.session.map { ($0, instance.record.instanceID) }
        }
    }

    /// The sessions of all instances in memory, to be unwound when the partition ends.
    package var sessions: [any OrchestratorSession] { state.instances.all.compactMap(\.session) }

    /// Takes due alarms, without acting on them: in the order of their times, but those of episodes that an executor has
    /// come first. As long as such an alarm is set, or its episode is on its way again, other work of its instance waits.
    ///
    /// - Parameter most: the maximum number taken at once, so that a crowd of alarms cannot pass the gate together.
    package mutating func popDue(_ now: Timestamp, most: Int) -> [AlarmQueue.Subject] {
        var due: [AlarmQueue.Subject] = []
        while due.count < most, firesTimers, let subject = state.deadlines.popDue(now) { due.append(subject) }
        return due.filter(\.isOfEpisode) + due.filter { !$0.isOfEpisode }
    }

    /// The ID of an instance in memory.
    package func instanceID(key: Int64) -> String? { state.instances.peek(key: key)?.record.instanceID }
    /// Whether there is an instance of that ID in memory.
    package func isInMemory(_ instanceID: String) -> Bool { state.instances.peek(instanceID) != nil }
    /// A held message that waits, with its body if that is in memory.
    package func held(_ id: Int64) -> (entry: HeldEntry, body: [UInt8]?)? {
        state.held[id].map { ($0, state.held.body(id)) }
    }
    /// The orchestrator of an instance, with its name, if it is in memory and can be asked about its state.
    package func sessionToAsk(_ instanceID: String) -> (name: String, session: any OrchestratorSession)? {
        guard let instance = state.instances.peek(instanceID), let session = instance.session,
            instance.newEvents.isEmpty, instance.inFlight == nil, around.catalog.isInline(instance.record.name)
        else { return nil }
        return (instance.record.name, session)
    }

    /// Whether a commit on its way removes the instance.
    package func isPurged(_ key: Int64) -> Bool { state.purged.contains(key) }

    /// Drops what memory kept for a step that is durable now. Call it only between steps: what was read for an open one
    /// may be older.
    package mutating func conclude(_ memory: StepMemory) {
        state.conclude(memory)
        if !unstored.isEmpty { resumeStored() }
    }

    /// Returns what was observed outside of steps, and in a step that will not be sealed; once.
    package mutating func takeObservations() -> [Observation] {
        defer {
            observations = []
            step.observations = []
        }
        return observations + step.observations
    }

    // MARK: - One step

    /// Begins a step.
    ///
    /// - Parameter areWorkersHeard: whether a worker's silence means anything.
    package mutating func begin(now: Timestamp, areWorkersHeard: Bool = true) {
        step = Step(now: now)
        step.observations = observations
        observations = []
        self.areWorkersHeard = areWorkersHeard
        step.commit.removedOutbox = removedRows
        removedRows = []
        hasAllInputs = false
        touchedAt = 0
        work.append(contentsOf: ready)
        ready = []
        current = frame()
        state.setAsideFindings(&step, current)
    }

    /// Adds an input. `advance` applies it, after those that were added before.
    package mutating func add(_ content: InputContent, number: InputNumber? = nil) {
        work.append(QueuedWork(content, number: number))
    }

    /// Adds several items that come from one input.
    package mutating func add(_ contents: [InputContent], number: InputNumber?) {
        for (index, content) in contents.enumerated() {
            work.append(QueuedWork(content, number: number, isFollowUp: index > 0))
        }
    }

    /// Allows due alarms as inputs, at most this number, so that a crowd of them cannot pass the gate together.
    package mutating func addDue(most: Int) { dueAlarms = firesTimers ? most : 0 }

    /// Ends the inputs of this step: instances with new events are run.
    package mutating func endInputs() {
        dueAlarms = 0
        hasAllInputs = true
    }

    /// Takes the answer to a read request.
    package mutating func supply(_ answer: ReadAnswer, to request: ReadRequest) {
        state.facts.append((request, answer))
    }

    /// Continues until something has to be done outside, and returns that.
    package mutating func advance() -> Action {
        while true {
            if !step.unwinding.isEmpty {
                let next = step.unwinding.removeFirst()
                return .unwind(next.session, subject: next.subject)
            }
            if !step.cancelled.isEmpty { return .cancel(step.cancelled.removeFirst()) }
            if !step.operating.isEmpty { return .operate(step.operating.removeFirst()) }
            if !step.dispatched.isEmpty { return .run(step.dispatched.removeFirst()) }
            if let item = nextItem() {
                do throws(Unresolved) {
                    try apply(item)
                } catch {
                    switch error {
                    case .needs(let request):
                        work.prepend(item)
                        return .read(request)
                    case .damaged(let instance, let reason):
                        work.prepend(item)
                        mend(instance, reason)
                    case .busy(let instance): park(item, for: instance)
                    case .unstored(let instance):
                        unstored.insert(instance)
                        park(item, for: instance)
                    }
                }
                continue
            }
            settleRoot()
            guard hasAllInputs else { return .rest }
            do throws(Unresolved) {
                if let request = try nextEpisode() { return .run(request) }
                // An episode may have released what waited for it, or for the end of its instance.
                resume()
                if work.isEmpty { return .rest }
            } catch {
                switch error {
                case .needs(let request): return .read(request)
                case .damaged(_, let reason): failTouched(reason)
                // Nothing is touched while an executor has it, and an episode reads its own history.
                case .busy, .unstored: touchedAt += 1
                }
            }
        }
    }

    /// Ends the step. No part of it is durable yet.
    package mutating func seal() -> Step {
        state.removeEpisodeRows(&step)
        state.releasePermits(&step, current)
        if !step.unattached.isEmpty {
            step.batches.append(step.unattached)
            step.unattached = []
        }
        for messages in step.batches { addRows(messages) }
        step.batches = []
        step.carried = CarriedItems()
        state.changeGate(&step.observations) { [rows = step.rows.count] in $0.add(rows) }
        state.forgetOldKeys(&step.commit, current)
        step.memory = state.keep(step.commit)
        for index in step.asked.indices {
            step.asked[index].snapshots = state.snapshots(for: step.asked[index].question)
            step.asked[index].queues = state.queues(for: step.asked[index].question)
        }
        step.touched = []
        let sealed = step
        step = Step(now: sealed.now)
        return sealed
    }

    private func frame() -> Frame { Frame(around: around, now: step.now, areWorkersHeard: areWorkersHeard) }

    /// Writes messages as rows of bounded size, so that a crash in the middle of a large fan-out repeats only a few of
    /// them.
    private mutating func addRows(_ messages: [OutboxMessage]) {
        var rest = messages[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(OutboxBatch.fitting(rest)))
            rest = rest.dropFirst(part.count)
            let id = state.nextOutboxID()
            var row = OutboxRowWriter(count: part.count, bodyBytes: part.reduce(0) { $0 + $1.bodyBytes })
            for message in part { message.append(to: &row) }
            step.commit.outbox.append(OutboxRow(id: id, messages: row.bytes))
            step.rows.append(OutboxBatch(id: id, messages: part, work: step.carried.take(for: part)))
        }
    }
}
