import DequeModule
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Turns messages into history, one partition's worth.
///
/// A round:
/// 1. take what is ready from the mailbox;
/// 2. validate it, drop duplicates, turn it into events of instances;
/// 3. run the orchestrators that have something new;
/// 4. hand everything to the store as one commit, and go on with the next round without waiting;
/// 5. when the commit is durable: publish its messages, and acknowledge what it came from.
///
/// A later round may build on an earlier one that is not durable yet, because commits become durable in order and
/// nothing leaves the partition before its commit is. When a commit fails, everything in memory is dropped, what was
/// taken is put back into the mailbox, and a new processor starts from the store.
actor PartitionProcessor {
    let setup: PartitionSetup
    let mailbox: PartitionMailbox
    let store: any PartitionStore
    let dispatcher: OutboxDispatcher
    /// Answers questions, beside this.
    let queries: PartitionQueries
    var cache: InstanceCache
    var alarms = AlarmQueue()
    /// Messages that wait for something to exist.
    var held = HeldMessages()
    /// Long activities that a worker has taken.
    var leases: [TaskLease.Key: TaskLease] = [:]
    /// Keys of messages taken in commits that are not durable yet.
    var recentKeys: [ExactText: InboxEntry] = [:]
    /// Instances that a commit removes which is not durable yet: the store still shows them.
    var purgedKeys: Set<Int64> = []
    var lastInstanceKey: Int64 = 0
    var lastOutboxID: Int64 = 0
    var lastHeldID: Int64 = 0
    /// The activities that this partition has told of: asking a set of its own spares the shared one's lock.
    var toldActivities: Set<String> = []
    /// Whether new work is taken.
    var gate: OutboxGate
    /// When old message keys were last forgotten.
    var lastForgetting: Timestamp?
    /// Rows that cannot be read and are not set aside yet, and which rows of the outbox those are.
    var unkept: [DamagedRow] = []
    var unreadableOutbox: Set<Int64> = []
    /// What histories have to be asked for, because rows were set aside.
    var mustMend: Mending = []

    /// How many rounds may be on their way to the disk: a disk that is slower than the orchestrators holds them up, instead
    /// of filling memory.
    private static let mostRoundsInFlight = 32
    /// How long a host that stops waits for a broker that confirms nothing of what is to be sent, and for a question that
    /// takes long to answer: what is not answered, the next host is asked.
    private static let drainPatience = Duration.seconds(1)

    /// What was taken and is not durable, by round.
    private var roundsInFlight: Deque<[PartitionInput]> = []
    private let alarm: any HostAlarm
    private var alarmTime: Timestamp?
    /// Whether the alarm rang since it was set: then it is not set any more.
    private let hasRung: Rung
    private let failure = Mutex<StorageError?>(nil)
    private let isStopping = Atomic(false)
    /// Whether the processor waits for a commit to become durable.
    private let isWaitingForCommit = Atomic(false)
    private let drain: DrainWatch

    init(setup: PartitionSetup, mailbox: PartitionMailbox, store: any PartitionStore, dispatcher: OutboxDispatcher) {
        self.setup = setup
        self.mailbox = mailbox
        self.store = store
        self.dispatcher = dispatcher
        queries = PartitionQueries(setup: setup, store: store, mailbox: mailbox)
        cache = InstanceCache(capacity: setup.configuration.warmInstancesPerPartition)
        gate = OutboxGate(limit: setup.outboxLimit)
        let rung = Rung()
        hasRung = rung
        alarm = setup.clock.makeAlarm(isAnswered: true) {
            rung.note()
            mailbox.signal()
        }
        drain = DrainWatch(clock: setup.clock, patience: Self.drainPatience) { mailbox.signal() }
    }

    /// Works until `stop` is called and everything taken is durable, or until the store fails.
    func run() async throws {
        let wakeUps = mailbox.wakeUps()
        do {
            try recover()
            try beginWithDamage()
            queries.checkOpenInstances()
            for await _ in wakeUps {
                // Until the alarm is set: what is due later must be known when the partition is at rest.
                setup.unseenWork?.begin()
                defer { setup.unseenWork?.end() }
                mailbox.awoke()
                try await workOff()
                if mayEnd, queries.isIdle || drain.isOver { break }
            }
            letGo()
        } catch {
            letGo()
            // Commits that came before the failure may be durable, or become so until the store is closed. What they
            // took was acknowledged: only the rest is taken again.
            store.close()
            roundsInFlight.removeFirst(min(mailbox.takeCommitted().count, roundsInFlight.count))
            mailbox.putBack(roundsInFlight.flatMap { $0 })
            roundsInFlight = []
            throw error
        }
    }

    /// Makes `run` return when all is done. Nothing new should be put into the mailbox after this.
    nonisolated func stop() {
        isStopping.store(true, ordering: .relaxed)
        mailbox.signal()
    }

    /// Whether the processor was asked to stop and has nothing left that only it can do. What is not sent then stays in the
    /// store: a broker that takes nothing, or nothing of one kind, keeps no host from ending.
    private var mayEnd: Bool {
        guard isStopping.load(ordering: .relaxed), mailbox.isEmpty, roundsInFlight.isEmpty else { return false }
        return dispatcher.isIdle || !gate.takesIntake || drain.isOver
    }

    /// Sets aside what was found damaged at the start, and brings back what it stood for.
    private func beginWithDamage() throws {
        guard !unkept.isEmpty else { return }
        try round(of: [], settled: [], now: setup.clock.now) { batch in setAsideUnkept(&batch) }
        try mendIfNeeded()
    }

    private func mendIfNeeded() throws {
        guard !mustMend.isEmpty else { return }
        let what = mustMend
        mustMend = []
        try mend(what, now: setup.clock.now)
    }

    private func letGo() {
        dispatcher.silence()
        alarm.set(to: nil)
        drain.end()
        for state in cache.all { state.session?.evict() }
    }

    private func workOff() async throws {
        while true {
            if let failure = failure.withLock({ $0 }) { throw failure }
            for keys in mailbox.takeCommitted() { conclude(keys) }
            // A commit that becomes durable wakes us.
            guard hasRoom() else { return }
            // 1 Take.
            let inputs = mailbox.take(most: 256, intake: gate.takesIntake)
            for state in cache.evictable() {
                // Unwinding is the orchestrator's code, too.
                setup.crashGuard.enter(state.record.instanceID)
                state.session?.evict()
                setup.crashGuard.leave()
            }
            let settled = takeSettled()
            if !settled.isEmpty { drain.progressed() }
            do {
                try sendWaiting()
            } catch {
                // They are in no round yet; those that are will be put in front of them.
                mailbox.putBack(inputs)
                throw error
            }
            let now = setup.clock.now
            guard !inputs.isEmpty || !settled.isEmpty || isDue(now) || !unkept.isEmpty else { break }
            if setup.crashGuard.ledger.hasSuspects {
                try await workCarefully(inputs, settled: settled, now: now)
            } else {
                await setup.limiter.enter()
                defer { setup.limiter.leave() }
                try round(of: inputs, settled: settled, now: now) { batch in
                    for input in inputs { try apply(input, &batch) }
                    try takeDue(now) { try ring($0, &batch) }
                }
            }
            try mendIfNeeded()
        }
        setAlarm()
        if isStopping.load(ordering: .relaxed), roundsInFlight.isEmpty, !dispatcher.isIdle || !queries.isIdle {
            drain.begin()
        }
    }

    /// Whether another round may begin. If not, the next commit that becomes durable wakes the processor.
    private func hasRoom() -> Bool {
        guard roundsInFlight.count >= Self.mostRoundsInFlight else { return true }
        isWaitingForCommit.store(true, ordering: .sequentiallyConsistent)
        // One may have become durable just before that.
        for keys in mailbox.takeCommitted() { conclude(keys) }
        guard roundsInFlight.count < Self.mostRoundsInFlight else { return false }
        isWaitingForCommit.store(false, ordering: .sequentiallyConsistent)
        return true
    }

    /// Whether there are alarms to be taken.
    func isDue(_ now: Timestamp) -> Bool { firesTimers && alarms.next.map { $0 <= now } ?? false }

    /// Whether timers fire. A host that stops leaves them to the next one: there may be no end to them.
    private var firesTimers: Bool { gate.firesTimers && !isStopping.load(ordering: .relaxed) }

    /// Takes alarms whose time has come, so many at once that a crowd of them cannot pass the gate together.
    func takeDue(_ now: Timestamp, _ body: (AlarmQueue.Subject) throws -> Void) rethrows {
        var taken = 0
        while firesTimers, taken < 512, let subject = alarms.popDue(now) {
            try body(subject)
            taken += 1
        }
    }

    /// Sets the alarm to what comes first, if that has changed.
    private func setAlarm() {
        let next = firesTimers ? alarms.next : nil
        // One that rang is not set any more, even if the clock was put back meanwhile.
        if hasRung.take() || next != alarmTime {
            alarmTime = next
            alarm.set(to: next)
        }
        alarm.answered()
    }

    /// One round.
    ///
    /// - Parameters:
    ///   - inputs: what is put back if the round does not become durable.
    ///   - take: step 2.
    func round(
        of inputs: [PartitionInput], settled: [Int64], now: Timestamp, _ take: (inout StepBatch) throws -> Void
    ) throws {
        var batch = StepBatch(now: now)
        batch.commit.removedOutbox = settled
        roundsInFlight.append(inputs)
        defer { setup.crashGuard.leave() }

        // 2 Validate, drop duplicates, turn into events.
        setAsideUnkept(&batch)
        try take(&batch)

        // 3 Run orchestrators. Running one can make another one have something new.
        var next = 0
        while next < batch.touched.count {
            try runEpisode(of: batch.touched[next], &batch)
            next += 1
        }

        // 4 Commit.
        submit(&batch)
    }

    func apply(_ input: PartitionInput, _ batch: inout StepBatch) throws {
        if let subject = input.suspicionSubject { setup.crashGuard.enter(subject) }
        if case .command(.query(let command)) = input.kind {
            return try mending(&batch) { batch in try take(command, input, &batch) }
        }
        let answers = batch.answers.count
        defer {
            // Only who asked waits for an answer. What else a round took is safe with its commit: were it to wait, too, a
            // broker that takes nothing would keep it unsettled, to be done again by the next host.
            if batch.answers.count > answers {
                batch.questions.append(input.receipt)
            } else {
                batch.receipts.append(input.receipt)
            }
        }
        do {
            try mending(&batch) { batch in try take(input, &batch) }
        } catch let error as StorageError where error.reach == .unit {
            // It takes effect on nothing, and must not come again and again.
            let refusal = Refusal(.damagedRow, "What the message is for cannot be read: \(error.message)")
            var reply: ReplyAddress?
            if case .command(let command) = input.kind { reply = command.context.reply }
            refuse(refusal, source: input.source, reply: reply, &batch)
        }
    }

    private func take(_ input: PartitionInput, _ batch: inout StepBatch) throws {
        switch input.kind {
        case .command(.start(let command)): try start(command, from: input.source, &batch)
        case .command(.raise(let command)): try raise(command, from: input.source, &batch)
        case .command(.control(let command)): try control(command, from: input.source, &batch)
        case .command(.purge(let command)): try purge(command, &batch)
        case .command(.childCompleted(let command)): try childCompleted(command, &batch)
        case .command(.workResult(let result)): try workResult(result, from: input.source, &batch)
        case .command(.query): break
        case .undeliverable(let token, let failure): try undeliverable(token, failure, &batch)
        case .unsendable(let unsendable): try answer(for: unsendable, &batch)
        case .damaged(let key): try check(key)
        case .refused(let refusal):
            // An older client waits for an answer. Nothing else that a forged message says is taken.
            let reply = refusal.reason == .forged ? input.source.flatMap(setup.wire.replyAddress) : nil
            refuse(explained(refusal, input.source), source: input.source, reply: reply, &batch)
            if refusal.reason != .forged, let parent = input.source.flatMap(setup.wire.parentOfStart) {
                fail(
                    parent,
                    FailureDetails(type: "RefusedStart", message: refusal.description, isNonRetriable: true), &batch)
            }
        }
    }

    func ring(_ subject: AlarmQueue.Subject, _ batch: inout StepBatch) throws {
        do {
            try mending(&batch) { batch in try answer(subject, &batch) }
        } catch let error as StorageError where error.reach == .unit {
            setup.logger.error(
                "An alarm is dropped: what it is for cannot be read",
                metadata: ["alarm": "\(subject)", "reason": "\(error.message)"])
        }
    }

    private func answer(_ subject: AlarmQueue.Subject, _ batch: inout StepBatch) throws {
        switch subject {
        case .timer(let key): try timerFired(key, &batch)
        case .lease(let key): try leaseExpired(key, &batch)
        case .held(let id): try heldExpired(id, &batch)
        }
    }

    /// 4 and 5.
    private func submit(_ batch: inout StepBatch) {
        addLoose(&batch)
        changeGate { $0.add(batch.rows.count) }
        forgetOldKeys(&batch)
        batch.keys.inbox = batch.commit.inbox.map(\.key)
        batch.keys.instances = Set(batch.commit.instances.map(\.record.key))
            .union(batch.commit.waiters.map(\.instance))
        for key in batch.keys.instances { cache.peek(key: key)?.commitsInFlight += 1 }
        batch.keys.purged = batch.commit.purgedInstances
        batch.keys.held = batch.commit.held.map(\.id)
        let keys = batch.keys
        let rows = batch.rows
        let receipts = batch.receipts
        let answers = batch.answers
        let questions = batch.questions
        let asked = self.questions(batch)
        let endedSuspects = batch.endedSuspects
        let setup = setup
        let queries = queries
        store.commit(batch.commit) { [weak self, mailbox, dispatcher] result in
            switch result {
            case .success:
                if !endedSuspects.isEmpty {
                    setup.crashGuard.ledger.change { list in endedSuspects.forEach { list.clear($0) } }
                }
                // Before the messages are sent: the result of one may arrive at once, and must find the commit noted.
                mailbox.add(committed: keys)
                // 5 Publish, then acknowledge. Answers are in no outbox: a question stays until its answer is safe.
                dispatcher.send(rows)
                Receipt.settle(receipts)
                if !asked.isEmpty { queries.ask(asked) }
                if !answers.isEmpty { setup.publisher.offer(answers) { Receipt.settle(questions) } }
                self?.signalIfAwaited()
            case .failure(let error):
                self?.fail(error)
            }
        }
    }

    private nonisolated func fail(_ error: StorageError) {
        failure.withLock { $0 = $0 ?? error }
        mailbox.signal()
    }

    private nonisolated func signalIfAwaited() {
        let isAwaited = isWaitingForCommit.exchange(false, ordering: .sequentiallyConsistent)
        if isAwaited || isStopping.load(ordering: .relaxed) { mailbox.signal() }
    }

    /// A commit is durable: what was kept for it can go.
    private func conclude(_ keys: BatchKeys) {
        _ = roundsInFlight.popFirst()
        held.stored(keys.held)
        for key in keys.inbox { recentKeys[ExactText(key)] = nil }
        for key in keys.instances { cache.peek(key: key)?.commitsInFlight -= 1 }
        purgedKeys.subtract(keys.purged)
    }

    /// Once a second at the most, forgets some keys of messages that are too old to come again, along with what is written
    /// anyway.
    private func forgetOldKeys(_ batch: inout StepBatch) {
        guard !batch.commit.isEmpty else { return }
        if let last = lastForgetting, batch.now >= last, batch.now.duration(since: last) < .seconds(1) { return }
        lastForgetting = batch.now
        batch.commit.forgetInboxBefore = batch.now.advanced(by: .zero - setup.configuration.duplicateMemory)
    }

    private func addLoose(_ batch: inout StepBatch) {
        guard !batch.loose.isEmpty else { return }
        addRow(batch.loose, &batch)
        batch.loose = []
    }
}
