import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Turns the messages of one partition into history, on a thread of its own.
///
/// A turn:
/// 1. receive the inputs that are ready from the mailbox;
/// 2. apply them: validate, drop duplicates, turn them into events of instances;
/// 3. run the orchestrators that have new events;
/// 4. hand everything to the store as one commit, and continue with the next turn without waiting;
/// 5. when the commit is durable: publish its messages, and acknowledge the messages that led to it (`StepRelease`).
///
/// `PartitionMachine` decides steps 2 and 3; this actor reads, runs, writes and waits for it. When a commit fails,
/// everything in memory is dropped, the inputs that were taken are put back into the mailbox, and a new loop starts
/// from the store.
actor PartitionLoop {
    let setup: PartitionSetup
    let mailbox: PartitionMailbox
    let store: any PartitionStore
    let dispatcher: OutboxDispatcher
    /// Answers questions, beside this loop.
    let queries: PartitionQueries
    let release: StepRelease
    var machine: PartitionMachine
    /// The inputs that were taken and are not durable.
    private var outstanding = Outstanding()
    private var stepsInFlight = 0
    private let executor: any EpisodeExecutor
    /// Runs operations of entities, beside this loop.
    let operations: EntityRunner
    /// The store, if its partition has a journal.
    let journal: JournaledStore?
    private let thread: any SerialExecutor
    private let alarm: any HostAlarm
    private var alarmTime: Timestamp?
    /// Whether the alarm has fired since it was set: then it is not set any more.
    private let alarmFlag: AlarmFlag
    let drain: DrainWatch
    /// Whether the dispatcher reports every row that can be removed, because the partition takes less than it could.
    var reportsEveryRow = false
    /// The times of the rows of the outbox.
    var ages = OutboxAges()

    /// The maximum number of inputs, and of alarms, in one step.
    private static let mostInputs = 256
    private static let mostAlarms = 512
    /// The maximum number of steps on their way to the disk: a disk that is slower than the orchestrators delays them,
    /// instead of filling memory.
    private static let mostStepsInFlight = 32
    /// The time for which a host that stops waits for a broker that confirms none of the messages to be sent, and for a
    /// question that takes long to answer: an unanswered question goes to the next host.
    private static let drainPatience = Duration.seconds(1)

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        setup: PartitionSetup, mailbox: PartitionMailbox, store: any PartitionStore, dispatcher: OutboxDispatcher,
        on thread: any SerialExecutor
    ) {
        self.setup = setup
        self.mailbox = mailbox
        self.store = store
        journal = store as? JournaledStore
        self.dispatcher = dispatcher
        self.thread = thread
        executor = setup.episodes ?? LocalEpisodeExecutor(setup)
        operations = EntityRunner(setup: setup, mailbox: mailbox)
        queries = PartitionQueries(setup: setup, store: store, mailbox: mailbox)
        release = StepRelease(setup: setup, mailbox: mailbox, dispatcher: dispatcher, queries: queries)
        // The machine is empty until the store has been read.
        machine = PartitionMachine(
            RecoveredPartition(),
            PartitionSurroundings(
                rules: PartitionRules(setup), wire: setup.wire, catalog: executor, tracing: setup.tracing),
            entropy: Entropy(setup.random), now: setup.clock.now)
        let alarmFlag = AlarmFlag()
        self.alarmFlag = alarmFlag
        alarm = setup.clock.makeAlarm(isAnswered: true) {
            alarmFlag.note()
            mailbox.signal()
        }
        drain = DrainWatch(clock: setup.clock, patience: Self.drainPatience) { mailbox.signal() }
    }

    /// Works until `stop` is called and everything taken is durable, or until the store fails.
    func run() async throws {
        mailbox.beginWakeUps()
        do {
            try await setup.unseenWork.counting {
                try await open()
                try await setAside()
                try await stateLimits()
                queries.checkOpenInstances()
                try await turn()
            }
            try await withTaskCancellationHandler {
                while await mailbox.wakeUp() {
                    try await setup.unseenWork.counting {
                        mailbox.awoke()
                        try await turn()
                    }
                    if mayEnd, queries.isIdle || drain.isOver { break }
                }
            } onCancel: {
                mailbox.endWakeUps()
            }
            close()
        } catch {
            noteFailure(error)
            observe(machine.takeObservations())
            close()
            // Commits before the failure may be durable, or become so until the store is closed. The inputs of those
            // were acknowledged: only the rest is taken again.
            store.close()
            for committed in mailbox.takeCommitted() { outstanding.end(committed.inputs) }
            mailbox.putBack(outstanding.drain())
            throw error
        }
    }

    /// Makes `run` return when all is done. No new inputs should be put into the mailbox after this.
    nonisolated func stop() { release.stop() }

    /// Whether the loop was asked to stop and has nothing left that only it can do. Messages that are not sent then
    /// stay in the store: a broker that accepts nothing, or nothing of one kind, does not keep a host from ending.
    private var mayEnd: Bool {
        guard release.isStopping, mailbox.isEmpty, stepsInFlight == 0, outstanding.isEmpty else { return false }
        return dispatcher.isIdle || !machine.takesIntake || drain.isOver
    }

    /// Continues where the last host stopped.
    private func open() async throws {
        let answer = try await read(.recovery)
        guard case .recovered(let recovered) = answer else { throw Self.unusable(answer) }
        machine = PartitionMachine(
            recovered, machine.around, entropy: Entropy(setup.random), now: setup.clock.now)
        setup.logger.info(
            "A partition goes on",
            metadata: [
                LogKey.partition: "\(setup.partition)", LogKey.outbox: "\(recovered.outboxCount)",
                LogKey.timers: "\(recovered.timers.count)", LogKey.epoch: "\(store.identity.epoch)",
            ])
        ages.recovered(recovered.outboxCount, at: setup.clock.now)
        noteGate()
        journal?.observeRoom { [mailbox] in mailbox.signal() }
        dispatcher.recovered(through: recovered.lastOutboxID, isEmpty: recovered.outboxCount == 0)
        try await sendWaiting()
    }

    private func close() {
        mailbox.endWakeUps()
        dispatcher.silence()
        alarm.set(to: nil)
        drain.end()
        queries.endWatches()
        for session in machine.sessions { session.evict() }
        for activity in machine.permitNames { setup.metrics.host.permits(of: activity, waiting: 0, given: 0) }
        setup.metrics.ended()
    }

    // MARK: - A turn

    private func turn() async throws {
        while true {
            if let failure = release.failure { throw failure }
            conclude()
            // The next commit that becomes durable wakes the loop.
            guard hasRoom() else { return }
            // 1. Receive.
            let inputs = mailbox.take(most: Self.mostInputs, intake: takesIntake)
            evict()
            noteProgress()
            do {
                try await sendWaiting()
                try await setAside()
            } catch {
                // These inputs are in no step yet; those that are will be put in front of them.
                mailbox.putBack(inputs)
                throw error
            }
            let now = setup.clock.now
            noteLoad(at: now)
            guard !inputs.isEmpty || machine.hasFindings || isDue(now) || hasStored() else { break }
            if setup.crashGuard.isWatchful {
                try await workCarefully(inputs, at: now)
            } else {
                await setup.limiter.enter()
                defer { setup.limiter.leave() }
                try await step(inputs, takesAlarms: true, at: now)
            }
        }
        setAlarm()
        if release.isStopping, stepsInFlight == 0, !dispatcher.isIdle || !queries.isIdle { drain.begin() }
    }

    /// Handles inputs, in their order, and due alarms. Step 2 validates, drops duplicates, and turns them into events;
    /// steps 3 and 4 follow in `end`.
    func step(_ inputs: [PartitionInput], takesAlarms: Bool, at now: Timestamp) async throws {
        let isDue = takesAlarms && isDue(now)
        let first = begin(
            inputs, at: now,
            areWorkersHeard: !isDue || !setup.hearing.wasBroken(within: setup.configuration.leases.duration))
        defer { setup.crashGuard.leave() }
        for (offset, input) in inputs.enumerated() {
            let content = input.content
            // The inputs are applied one after the other, so that the record of what the process is doing names the
            // current one.
            if let subject = content.work.crashSubject { setup.crashGuard.enter(subject) }
            machine.add(content, number: first + InputNumber(offset))
            if let request = try advanceNow() { try await advance(after: request) }
        }
        if isDue {
            machine.addDue(most: Self.mostAlarms)
            try await advance()
        }
        try await end()
    }

    /// Begins a step.
    ///
    /// - Parameter inputs: the inputs to put back if the step does not become durable.
    /// - Returns: the number of the first input.
    @discardableResult
    func begin(_ inputs: [PartitionInput], at now: Timestamp, areWorkersHeard: Bool = true) -> InputNumber {
        // This precedes everything that can fail, so that the inputs are put back in that case.
        let first = outstanding.begin(inputs)
        setup.metrics.roundBegan(inputs: inputs.count)
        machine.begin(now: now, areWorkersHeard: areWorkersHeard)
        return first
    }

    /// Steps 3 and 4: runs the orchestrators, and submits the commit.
    func end() async throws {
        machine.endInputs()
        try await advance()
        try submit(machine.seal())
    }

    /// Carries out the machine's requests until there are none.
    func advance() async throws {
        if let request = try advanceNow() { try await advance(after: request) }
    }

    private func advance(after request: ReadRequest) async throws {
        var next: ReadRequest? = request
        while let request = next {
            machine.supply(try await store.read(request), to: request)
            next = try advanceNow()
        }
    }

    /// Carries out the machine's requests until there are none, or one of them has to be waited for.
    ///
    /// Not asynchronous: with a store that has its answers at hand this is all that happens for an input.
    ///
    /// - Returns: the read to wait for.
    private func advanceNow() throws -> ReadRequest? {
        while true {
            switch machine.advance() {
            case .rest: return nil
            case .read(let request):
                guard let answer = try store.readNow(request) else { return request }
                machine.supply(answer, to: request)
            case .run(let episode): try run(episode)
            case .unwind(let session, let subject):
                // Unwinding runs the orchestrator's code as well.
                setup.crashGuard.enter(subject)
                session.evict()
            case .operate(let batch): operations.begin(batch)
            case .cancel(let ticket): executor.cancel(ticket)
            }
        }
    }

    /// The failure of a read without which the partition can do nothing.
    static func unusable(_ answer: ReadAnswer) -> StorageError {
        if case .damaged(let instance, let reason) = answer {
            return StorageError(.damagedRow, reason, instance: instance)
        }
        return StorageError(.misuse, "The store answered another question than the partition's.")
    }

    func read(_ request: ReadRequest) async throws -> ReadAnswer {
        if let answer = try store.readNow(request) { return answer }
        return try await store.read(request)
    }

    private func run(_ episode: EpisodeRequest) throws {
        setup.crashGuard.enter(episode.subject)
        setup.watch.begin(episode.name, episode.instanceID)
        let start = ContinuousClock.now
        let end = try executor.run(episode) { [mailbox] end in mailbox.add(PartitionInput(.episodeEnded(end))) }
        setup.metrics.episode(episode, end?.outcome, since: start)
        setup.watch.end()
        if let end { machine.complete(end.outcome, of: end.ticket, session: end.session) }
    }

    /// Step 4: submits the commit; step 5 follows when it is durable.
    private func submit(_ step: Step) throws {
        if !step.carriedPayloads.isEmpty { try setup.payloads?.carry(step.carriedPayloads) }
        noteGate()
        observe(step.observations)
        setup.metrics.timersFired(step.lateness)
        if let first = step.rows.first?.id { ages.add(first, count: step.rows.count, at: step.now) }
        for name in step.calledActivities { setup.calledActivities.add(name) }
        var asked = step.asked.compactMap { asked in
            asked.number.flatMap { outstanding[$0] }.map { PartitionQuestion(asked, input: $0) }
        }
        if !asked.isEmpty { answerFromMemory(&asked) }
        let inputs = step.settled + step.settledWhenReplied + step.asked.compactMap(\.number)
        let released = ReleasedStep(
            rows: step.rows, settled: step.settled.compactMap { outstanding[$0]?.receipt },
            settledWhenReplied: step.settledWhenReplied.compactMap { outstanding[$0]?.receipt },
            replies: step.replies, asked: asked, clearedSubjects: step.clearedSubjects, spans: step.spans,
            obsolete: setup.payloads?.obsolete(with: step.purgedInstances, in: store) ?? [],
            committed: CommittedStep(memory: step.memory, inputs: inputs))
        stepsInFlight += 1
        let start = setup.metrics.commitBegan()
        store.commit(step.commit) { [release, metrics = setup.metrics] result in
            metrics.committed(result, since: start)
            release.ended(released, result)
        }
    }

    // MARK: - Steps on their way

    /// Drops what was kept for steps that became durable.
    func conclude() {
        for committed in mailbox.takeCommitted() {
            stepsInFlight -= 1
            outstanding.end(committed.inputs)
            machine.conclude(committed.memory)
        }
    }

    /// Whether another step may begin. If not, the next commit that becomes durable wakes the loop.
    private func hasRoom() -> Bool {
        guard stepsInFlight >= Self.mostStepsInFlight else { return true }
        release.await()
        // A step may have become durable just before that.
        conclude()
        guard stepsInFlight < Self.mostStepsInFlight else { return false }
        release.awaitNoMore()
        return true
    }

    /// Removes instances for which there is no room in memory.
    func evict() {
        for (session, subject) in machine.evict() {
            setup.crashGuard.enter(subject)
            session.evict()
            setup.crashGuard.leave()
        }
    }

    // MARK: - Alarms

    /// Whether timers fire. A host that stops leaves them to the next one, because their number may be unlimited.
    private var firesTimers: Bool { machine.firesTimers && !release.isStopping }

    /// Whether there are due alarms.
    func isDue(_ now: Timestamp) -> Bool { firesTimers && machine.nextAlarm.map { $0 <= now } ?? false }

    /// Removes and returns due alarms.
    func popDue(_ now: Timestamp) -> [AlarmQueue.Subject] {
        firesTimers ? machine.popDue(now, most: Self.mostAlarms) : []
    }

    /// Sets the alarm to the earliest time, if that has changed.
    private func setAlarm() {
        let next = firesTimers ? machine.nextAlarm : nil
        // An alarm that has fired is not set any more, even if the clock was put back meanwhile.
        if alarmFlag.take() || next != alarmTime {
            alarmTime = next
            alarm.set(to: next)
        }
        alarm.answered()
    }
}
