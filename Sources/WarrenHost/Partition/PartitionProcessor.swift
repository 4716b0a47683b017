import DequeModule
import Logging
import Synchronization
import Warren
import WarrenMessaging
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

    /// What was taken and is not durable, by round.
    private var roundsInFlight: Deque<[PartitionInput]> = []
    private let alarm: any HostAlarm
    private var alarmTime: Timestamp?
    private let failure = Mutex<StorageError?>(nil)
    private let isStopping = Mutex(false)

    init(setup: PartitionSetup, mailbox: PartitionMailbox, store: any PartitionStore, dispatcher: OutboxDispatcher) {
        self.setup = setup
        self.mailbox = mailbox
        self.store = store
        self.dispatcher = dispatcher
        queries = PartitionQueries(setup: setup, store: store, mailbox: mailbox)
        cache = InstanceCache(capacity: setup.configuration.warmInstancesPerPartition)
        gate = OutboxGate(limit: setup.outboxLimit)
        alarm = setup.clock.makeAlarm(isAnswered: true) { mailbox.signal() }
    }

    /// Works until `stop` is called and everything taken is durable, or until the store fails.
    func run() async throws {
        let wakeUps = mailbox.wakeUps()
        do {
            try recover()
            for await _ in wakeUps {
                // Until the alarm is set: what is due later must be known when the partition is at rest.
                setup.unseenWork?.begin()
                defer { setup.unseenWork?.end() }
                mailbox.awoke()
                try await workOff()
                if isStopping.withLock({ $0 }), mailbox.isEmpty, roundsInFlight.isEmpty, dispatcher.isIdle,
                    queries.isIdle
                {
                    break
                }
            }
            letGo()
        } catch {
            letGo()
            // Commits that came before the failure may be durable, or become so until the store is closed. What they
            // took was acknowledged: only the rest is taken again.
            store.close()
            roundsInFlight.removeFirst(mailbox.takeCommitted())
            mailbox.putBack(roundsInFlight.flatMap { $0 })
            roundsInFlight = []
            throw error
        }
    }

    /// Makes `run` return when all is done. Nothing new should be put into the mailbox after this.
    nonisolated func stop() {
        isStopping.withLock { $0 = true }
        mailbox.signal()
    }

    private func letGo() {
        dispatcher.silence()
        alarm.set(to: nil)
        for state in cache.all { state.session?.evict() }
    }

    private func workOff() async throws {
        while true {
            if let failure = failure.withLock({ $0 }) { throw failure }
            // 1 Take.
            let taken = mailbox.take(most: 256, intake: gate.takesIntake)
            var inputs: [PartitionInput] = []
            inputs.reserveCapacity(taken.count)
            for input in taken {
                if case .committed(let keys) = input.kind { conclude(keys) } else { inputs.append(input) }
            }
            for state in cache.evictable() {
                // Unwinding is the orchestrator's code, too.
                setup.crashGuard.enter(state.record.instanceID)
                state.session?.evict()
                setup.crashGuard.leave()
            }
            let settled = takeSettled()
            do {
                try sendWaiting()
            } catch {
                // They are in no round yet; those that are will be put in front of them.
                mailbox.putBack(inputs)
                throw error
            }
            let now = setup.clock.now
            guard !inputs.isEmpty || !settled.isEmpty || isDue(now) else {
                if taken.isEmpty { break }
                continue
            }
            if setup.crashGuard.ledger.hasSuspects {
                try await workCarefully(inputs, settled: settled, now: now)
                continue
            }
            await setup.limiter.enter()
            defer { setup.limiter.leave() }
            try round(of: inputs, settled: settled, now: now) { batch in
                for input in inputs { try apply(input, &batch) }
                try takeDue(now) { try ring($0, &batch) }
            }
        }
        setAlarm()
    }

    /// Whether there are alarms to be taken.
    func isDue(_ now: Timestamp) -> Bool { gate.firesTimers && alarms.next.map { $0 <= now } ?? false }

    /// Takes alarms whose time has come, so many at once that a crowd of them cannot pass the gate together.
    func takeDue(_ now: Timestamp, _ body: (AlarmQueue.Subject) throws -> Void) rethrows {
        var taken = 0
        while gate.firesTimers, taken < 512, let subject = alarms.popDue(now) {
            try body(subject)
            taken += 1
        }
    }

    /// Sets the alarm to what comes first, if that has changed.
    private func setAlarm() {
        let next = gate.firesTimers ? alarms.next : nil
        if next != alarmTime {
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
        if case .command(.query(let command)) = input.kind { return try take(command, input, &batch) }
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
        case .refused(let refusal):
            // An older client waits for an answer. Nothing else that a forged message says is taken.
            let reply = refusal.reason == .forged ? input.source.flatMap(setup.wire.replyAddress) : nil
            refuse(explained(refusal, input.source), source: input.source, reply: reply, &batch)
            if refusal.reason != .forged, let parent = input.source.flatMap(setup.wire.parentOfStart) {
                fail(
                    parent,
                    FailureDetails(type: "RefusedStart", message: refusal.description, isNonRetriable: true), &batch)
            }
        case .committed: break
        }
    }

    func ring(_ subject: AlarmQueue.Subject, _ batch: inout StepBatch) throws {
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
                // 5 Publish, then acknowledge. Answers are in no outbox: a question stays until its answer is safe.
                dispatcher.send(rows)
                Receipt.settle(receipts)
                if !asked.isEmpty { queries.ask(asked) }
                if !answers.isEmpty { setup.publisher.offer(answers) { Receipt.settle(questions) } }
                mailbox.add(PartitionInput(.committed(keys)), quietly: true)
                self?.signalIfStopping()
            case .failure(let error):
                self?.fail(error)
            }
        }
    }

    private nonisolated func fail(_ error: StorageError) {
        failure.withLock { $0 = $0 ?? error }
        mailbox.signal()
    }

    private nonisolated func signalIfStopping() {
        if isStopping.withLock({ $0 }) { mailbox.signal() }
    }

    /// A commit is durable: what was kept for it can go.
    private func conclude(_ keys: BatchKeys) {
        roundsInFlight.removeFirst()
        for key in keys.inbox { recentKeys[ExactText(key)] = nil }
        for key in keys.instances { cache.peek(key: key)?.commitsInFlight -= 1 }
        purgedKeys.subtract(keys.purged)
    }

    /// Once an hour, forgets the keys of messages that are too old to come again.
    private func forgetOldKeys(_ batch: inout StepBatch) {
        if let last = lastForgetting, batch.now.duration(since: last) < .seconds(3600) { return }
        lastForgetting = batch.now
        batch.commit.forgetInboxBefore = batch.now.advanced(by: .zero - setup.configuration.duplicateMemory)
    }

    private func addLoose(_ batch: inout StepBatch) {
        guard !batch.loose.isEmpty else { return }
        addRow(batch.loose, &batch)
        batch.loose = []
    }

    /// Commits messages to be published once the commit is durable.
    func addRow(_ messages: [OutboundMessage], _ batch: inout StepBatch) {
        // Rows are of bounded size, so that a crash in the middle of a large fan-out repeats few of its messages.
        var rest = messages[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Self.messagesPerRow(rest)))
            rest = rest.dropFirst(part.count)
            lastOutboxID += 1
            batch.commit.outbox.append(OutboxRow(id: lastOutboxID, messages: OutboxCodec.encode(part)))
            batch.rows.append(OutboxDispatcher.Row(id: lastOutboxID, messages: part))
        }
    }
}
