import DequeModule
package import Warren
package import WarrenMessaging

/// Turns inputs into steps.
///
/// Pure: no I/O, clock, task, log or random source. Time, randomness and what was read come in, and go out as values: what to
/// read, what to run, and what to write, send and settle. One step: ``begin(_:)``, ``take(_:source:number:)`` and
/// ``takeDue(most:)`` as often as there is something, ``endInputs()``, ``seal()``. After each of the former, ``advance()``
/// says what has to be done before it can go on, until it says that there is nothing.
///
/// A later step may build on an earlier one that is not durable yet, because steps become durable in order and nothing of a
/// step leaves the partition before it is. If a step fails, the machine is dropped with all that came after it, and a new one
/// goes on from the store.
package struct PartitionMachine {
    package let around: PartitionSurroundings
    package internal(set) var state: PartitionState
    /// The open step.
    var step: Step
    private var areWorkersHeard = true

    /// What is to be applied in this step, in order. What follows from something stands in front of what came after it.
    var work: Deque<QueuedWork> = []
    /// How many due alarms are still taken in this step.
    var dueAlarms = 0
    /// The input that is applied, or that what is applied follows from.
    var root: Root?
    /// What the command at work is applied in.
    var current: Frame
    /// How many instances the work at hand has found damaged, and the last one that could not be failed.
    var repairs = 0
    var futileRepair: Int64?

    /// Whether no inputs are to come any more in this step.
    private var hasAllInputs = false
    /// Which of the touched instances is run, and how far it is.
    var touchedAt = 0
    var run: EpisodeRun?

    /// Observations that belong to no step.
    private var observations: [Observation] = []
    /// Rows of the outbox that are safe, to be removed by the next step.
    private var removedRows: [Int64] = []

    /// An input, until everything that follows from it is applied.
    struct Root {
        var number: InputNumber
        /// How many answers the step had before it.
        var replies: Int
        var questions: Int
    }

    /// What has to be done before the partition can go on.
    package enum Action: Sendable {
        /// Nothing: more inputs may be taken, or the step sealed.
        case rest
        /// Read this, and hand it over with ``PartitionMachine/supply(_:to:)``.
        case read(ReadRequest)
        /// Run this, and hand over what comes of it with ``PartitionMachine/complete(_:of:session:)``.
        case run(EpisodeRequest)
        /// Unwind an orchestrator that is not needed any more. A death over that is put down to the subject.
        case unwind(any OrchestratorSession, subject: String)
        /// Nobody waits for what comes of an episode any more.
        case cancel(EpisodeTicket)
    }

    /// Goes on where the last host stopped.
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

    /// Whether starts, events and control messages from outside are taken at present.
    package var takesIntake: Bool { state.gate.takesIntake }
    /// Whether timers fire at present.
    package var firesTimers: Bool { state.gate.firesTimers }
    /// The time of the earliest alarm.
    package var nextAlarm: Timestamp? { mutating get { state.deadlines.next } }
    /// Whether rows wait to be removed.
    package var hasFindings: Bool { !removedRows.isEmpty }
    /// Whether rows wait to be set aside.
    package var hasDamage: Bool { !state.damage.isEmpty }

    /// Rows of the outbox are safe elsewhere, and so many wait for a destination that takes nothing. What that means for new
    /// work holds at once; the rows are removed by the next step.
    package mutating func note(removed: [Int64], parkedRows: Int) {
        removedRows += removed
        state.changeGate(&observations) { $0.remove(removed.count) }
        state.changeGate(&observations) { $0.park(parkedRows) }
    }

    /// A row of the outbox cannot be read. It is set aside by the next step.
    package mutating func note(unreadable row: DamagedRow) { state.damage.noteOutbox(row) }

    /// What has to be looked for in the histories of open instances, because rows that stood for it were set aside; once.
    package mutating func takeSweep() -> DamageFindings.Sweep? { state.damage.takeSweep() }

    /// Removes instances from memory that have gone unused for longest, and returns the sessions to unwind. Those that an open
    /// step writes stay.
    package mutating func evict() -> [(session: any OrchestratorSession, subject: String)] {
        let written = Set(step.commit.instances.lazy.map(\.record.key))
        return state.instances.evictable(except: written).compactMap { instance in
            instance.session.map { ($0, instance.record.instanceID) }
        }
    }

    /// The sessions of all instances in memory, to be unwound when the partition ends.
    package var sessions: [any OrchestratorSession] { state.instances.all.compactMap(\.session) }

    /// Takes alarms whose time has come, without doing anything about them.
    ///
    /// - Parameter most: so many at once that a crowd of them cannot pass the gate together.
    package mutating func popDue(_ now: Timestamp, most: Int) -> [AlarmQueue.Subject] {
        var due: [AlarmQueue.Subject] = []
        while due.count < most, firesTimers, let subject = state.deadlines.popDue(now) { due.append(subject) }
        return due
    }

    /// The ID of an instance in memory.
    package func instanceID(key: Int64) -> String? { state.instances.peek(key: key)?.record.instanceID }
    /// Whether there is an instance of that ID in memory.
    package func isInMemory(_ instanceID: String) -> Bool { state.instances.peek(instanceID) != nil }
    /// A message that waits.
    package func held(_ id: Int64) -> (entry: HeldEntry, body: [UInt8]?)? {
        state.held[id].map { ($0, state.held.body(id)) }
    }
    /// Whether a commit on its way removes the instance.
    package func isPurged(_ key: Int64) -> Bool { state.purged.contains(key) }

    /// A step is durable: what memory kept for it can go. Only between steps: what was read for an open one may be older.
    package mutating func conclude(_ memory: StepMemory) { state.conclude(memory) }

    /// What was observed outside of steps, and in a step that will not be sealed; once.
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
    /// - Parameter areWorkersHeard: whether a worker's silence says anything.
    package mutating func begin(now: Timestamp, areWorkersHeard: Bool = true) {
        step = Step(now: now)
        step.observations = observations
        observations = []
        self.areWorkersHeard = areWorkersHeard
        step.commit.removedOutbox = removedRows
        removedRows = []
        hasAllInputs = false
        touchedAt = 0
        current = frame()
        state.setAsideFindings(&step, current)
    }

    /// Adds an input. It is applied by `advance`, after those that were added before.
    package mutating func take(_ work: Work, source: InboundMessage? = nil, number: InputNumber? = nil) {
        self.work.append(QueuedWork(work: work, source: source, number: number))
    }

    /// Adds several things that one input leads to.
    package mutating func take(_ works: [Work], source: InboundMessage?, number: InputNumber?) {
        for (index, work) in works.enumerated() {
            self.work.append(QueuedWork(work: work, source: source, number: number, isFollowUp: index > 0))
        }
    }

    /// Lets alarms whose time has come be inputs, so many at once that a crowd of them cannot pass the gate together.
    package mutating func takeDue(most: Int) { dueAlarms = firesTimers ? most : 0 }

    /// Says that nothing else comes in this step: instances with something new are run.
    package mutating func endInputs() {
        dueAlarms = 0
        hasAllInputs = true
    }

    /// What was asked for is known.
    package mutating func supply(_ answer: ReadAnswer, to request: ReadRequest) {
        state.facts.append((request, answer))
    }

    /// Goes on as far as possible.
    package mutating func advance() -> Action {
        while true {
            if !step.unwinding.isEmpty {
                let next = step.unwinding.removeFirst()
                return .unwind(next.session, subject: next.subject)
            }
            if !step.cancelled.isEmpty { return .cancel(step.cancelled.removeFirst()) }
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
                    }
                }
                continue
            }
            settleRoot()
            guard hasAllInputs else { return .rest }
            do throws(Unresolved) {
                guard let request = try nextEpisode() else { return .rest }
                return .run(request)
            } catch {
                switch error {
                case .needs(let request): return .read(request)
                case .damaged(_, let reason): failTouched(reason)
                case .busy: touchedAt += 1  // Nothing is touched while an executor has it.
                }
            }
        }
    }

    /// Ends the step. Nothing of it is durable yet.
    package mutating func seal() -> Step {
        state.removeEpisodeRows(&step)
        if !step.unattached.isEmpty {
            step.batches.append(step.unattached)
            step.unattached = []
        }
        for messages in step.batches { addRows(messages) }
        step.batches = []
        state.changeGate(&step.observations) { [rows = step.rows.count] in $0.add(rows) }
        state.forgetOldKeys(&step.commit, current)
        step.memory = state.keep(step.commit)
        for index in step.asked.indices {
            step.asked[index].snapshot = state.snapshot(for: step.asked[index].question)
        }
        step.touched = []
        let sealed = step
        step = Step(now: sealed.now)
        return sealed
    }

    private func frame() -> Frame { Frame(around: around, now: step.now, areWorkersHeard: areWorkersHeard) }

    /// Writes messages as rows of bounded size, so that a crash in the middle of a large fan-out repeats few of them.
    private mutating func addRows(_ messages: [OutboundMessage]) {
        var rest = messages[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(OutboxBatch.fitting(rest)))
            rest = rest.dropFirst(part.count)
            let id = state.nextOutboxID()
            step.commit.outbox.append(OutboxRow(id: id, messages: OutboxCodec.encode(part)))
            step.rows.append(OutboxBatch(id: id, messages: part))
        }
    }
}
