import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// What happens when one row of the file cannot be read: its instance fails, or the row is set aside, and everything else
/// goes on. Damage to the file as a whole is the runner's to deal with.
extension PartitionProcessor {
    /// How many instances one input may find damaged; a listing reads many.
    private static let mostDamagedAtOnce = 1000

    /// Does what may find instances damaged. Those fail, and it is done again: it then finds them ended.
    func mending(_ batch: inout StepBatch, _ body: (inout StepBatch) throws -> Void) throws {
        for _ in 0..<Self.mostDamagedAtOnce {
            do {
                return try body(&batch)
            } catch let error as StorageError where error.reach == .unit {
                guard let key = error.instance, try failDamaged(key, error.message, &batch) else { throw error }
            }
        }
        try body(&batch)
    }

    /// - Returns: whether the instance was failed by this call.
    private func failDamaged(_ key: Int64, _ reason: String, _ batch: inout StepBatch) throws -> Bool {
        if let state = cache.peek(key: key) {
            guard !state.record.status.isTerminal else { return false }
            try failDamaged(state, reason, &batch)
            return true
        }
        guard let record = try store.instance(key: key) else { return false }
        let wasEnded = record.status.isTerminal
        guard !wasEnded || record.damage != nil else { return false }
        let state = insert(try restored(record))
        // Every column is written anew, so that the row can be read from now on.
        state.isNewGeneration = true
        try failDamaged(state, reason, wasEnded: wasEnded, in: .instances, &batch)
        return true
    }

    /// Restores the ID, the name, the input and the parent of a damaged row from the first event of the history, which has
    /// checksums of its own. If the history cannot be read, the row stays as it is, without the mark of damage.
    private func restored(_ damaged: InstanceRecord) throws -> InstanceRecord {
        var record = damaged
        record.damage = nil
        let beginning: [HistoryEvent]
        do {
            let history = try store.history(of: record.key, generation: record.generation)
            beginning = try history.first.map(HistoryCodec.decode) ?? []
        } catch let error as StorageError where error.reach != .unit {
            throw error
        } catch {
            return record
        }
        for event in beginning {
            guard case .executionStarted(let facts) = event else { continue }
            record.executionID = facts.executionID
            record.name = facts.name
            record.input = facts.input
            record.parent = facts.parent
            // Somebody may have started another one meanwhile, under the ID that was free.
            if facts.instanceID != record.instanceID, try peek(facts.instanceID) == nil {
                record.instanceID = facts.instanceID
            }
        }
        return record
    }

    /// Fails an instance of which the history or the row cannot be read, without running any of its code.
    ///
    /// - Parameter wasEnded: whether those that wait for its end were told before.
    func failDamaged(
        _ state: InstanceState, _ reason: String, wasEnded: Bool = false, in table: DamagedRow.Table = .history,
        _ batch: inout StepBatch
    ) throws {
        let record = state.record
        let failure = FailureDetails(
            type: "CorruptHistory",
            message:
                "What the host's file has of this instance is damaged, so it cannot go on: \(reason) Restore a backup "
                + "of the file, or start the work again under another instance ID. Activities that were asked for may have "
                + "run.",
            isNonRetriable: true)
        setup.logger.error(
            "An instance is failed because its history is damaged",
            metadata: [
                "instance": "\(record.instanceID)", "orchestration": "\(record.name)", "reason": "\(reason)",
                "file": "\(setup.storePath)",
            ])
        setAside(DamagedRow(table, key: record.key, reason: reason), isTold: true, &batch)
        // Which timers and leases it has is not known without its history.
        forgetAlarms(of: record.key, &batch)
        let time = max(batch.now, record.lastUpdatedAt)
        state.record.lastUpdatedAt = time
        // What is left of the history is evidence, and no part of what the instance shows.
        state.record.episodes = 0
        state.unplayed = nil
        state.isLoaded = true
        state.children = []
        var messages: [OutboundMessage] = []
        if wasEnded {
            state.record.status = .failed
            state.record.output = nil
            state.record.failure = failure
            state.record.completedAt = state.record.completedAt ?? time
        } else {
            finish(state, .failed, output: nil, failure: failure, &messages, &batch)
        }
        write(state, &batch)
        if !messages.isEmpty { addRow(messages, &batch) }
    }

    private func forgetAlarms(of key: Int64, _ batch: inout StepBatch) {
        alarms.removeAll { subject in
            switch subject {
            case .timer(let timer): timer.instance == key
            case .lease(let lease): lease.instance == key
            case .held: false
            }
        }
        leases = leases.filter { $0.key.instance != key }
        batch.commit.timers.removeAll { $0.key.instance == key }
        batch.commit.leases.removeAll { $0.key.instance == key }
        batch.commit.clearedInstances.append(key)
    }

    /// Keeps a row that cannot be read out of the way, and says so: in the log, and as a dead letter.
    ///
    /// - Parameter isTold: whether the log has it already.
    func setAside(_ row: DamagedRow, isTold: Bool = false, _ batch: inout StepBatch) {
        batch.commit.setAside.append(row)
        let place = "Row \(row.key) of table '\(row.table.rawValue)' of partition \(setup.partition)"
        if !isTold {
            setup.logger.error(
                "A row that cannot be read is set aside",
                metadata: [
                    "table": "\(row.table.rawValue)", "row": "\(row.key)", "reason": "\(row.reason)",
                    "file": "\(setup.storePath)",
                ])
        }
        let source = InboundMessage(
            exchange: setup.names.partitionExchange, routingKey: "damaged/\(row.table.rawValue)/\(row.key)")
        let refusal = Refusal(
            .damagedRow,
            "\(place) cannot be read: \(row.reason) It is kept in the file's table 'damaged'. Check the disk and the memory "
                + "of the machine; restore a backup if what is lost matters.")
        batch.loose.append(setup.wire.deadLetter(source, refusal, partition: setup.partition, at: batch.now))
    }

    /// Sets aside what was found outside of a round.
    func setAsideUnkept(_ batch: inout StepBatch) {
        guard !unkept.isEmpty else { return }
        for row in unkept {
            setAside(row, &batch)
            if row.table == .outbox {
                changeGate { $0.remove(1) }
                unreadableOutbox.remove(row.key)
            }
            if row.table != .held { mustMend = mustMend.union(Mending(row.table)) }
        }
        unkept = []
    }

    /// What has to be looked for in the histories.
    struct Mending: OptionSet {
        let rawValue: Int
        static let timers = Mending(rawValue: 1)
        static let work = Mending(rawValue: 2)

        init(rawValue: Int) { self.rawValue = rawValue }

        init(_ table: DamagedRow.Table) {
            switch table {
            case .timers: self = .timers
            case .leases, .outbox: self = .work
            case .instances, .history, .held: self = []
            }
        }
    }

    /// Brings back what rows that were set aside stood for, so that no instance waits for it in vain. Histories tell it:
    ///
    /// - timers that are open are set;
    /// - activities that are open get a lease, and are dispatched again if nothing is heard of them in its time;
    /// - sub-orchestrations that are open are started again, which does nothing to those that were.
    ///
    /// What else was in a row of the outbox (replies, events, ends of sub-orchestrations) is lost, and was said to be.
    func mend(_ what: Mending, now: Timestamp) throws {
        var query = InstanceQuery(statuses: RuntimeStatus.allCases.filter { !$0.isTerminal }, limit: 200)
        repeat {
            let page = try store.list(query)
            try round(of: [], settled: [], now: now) { batch in
                for record in page.instances {
                    try mending(&batch) { batch in try mend(record.key, what, &batch) }
                }
            }
            for state in cache.evictable() { state.session?.evict() }
            query.after = page.next
        } while query.after != nil
        setup.logger.notice("What damaged rows stood for was looked up in the histories of open instances")
    }

    private func mend(_ key: Int64, _ what: Mending, _ batch: inout StepBatch) throws {
        guard let state = try find(key: key), !state.record.status.isTerminal else { return }
        let record = state.record
        if what.contains(.timers), state.isWaitingForStart, let startAt = record.scheduledStart {
            restore(-1, of: state, at: startAt, &batch)
            return
        }
        try loadTasks(of: state)
        for (id, task) in state.openTasks.sorted(by: { $0.key < $1.key }) {
            switch task {
            case .timer(let fireAt) where what.contains(.timers): restore(id, of: state, at: fireAt, &batch)
            case .activity where what.contains(.work):
                let key = TaskLease.Key(instance: record.key, generation: record.generation, taskID: id)
                guard leases[key] == nil else { continue }
                let lease = TaskLease(
                    key: key, attempt: 1, expiresAt: batch.now.advanced(by: setup.configuration.lease))
                leases[key] = lease
                alarms.set(.lease(key), at: lease.expiresAt)
                batch.commit.leases.append(lease)
            case .timer, .activity, .subOrchestration: break
            }
        }
        if what.contains(.work), !state.children.isEmpty { try callAgain(state, &batch) }
    }

    private func restore(_ id: Int, of state: InstanceState, at time: Timestamp, _ batch: inout StepBatch) {
        let key = TimerRow.Key(instance: state.record.key, generation: state.record.generation, id: id)
        if !alarms.contains(.timer(key)) { setTimer(id, of: state, at: time, &batch) }
    }

    private func callAgain(_ state: InstanceState, _ batch: inout StepBatch) throws {
        let record = state.record
        for episode in try store.history(of: record.key, generation: record.generation) {
            for case .subOrchestrationCreated(let id, let name, let child, let input) in try decodeEpisode(
                episode, of: state)
            {
                guard case .subOrchestration = state.openTasks[id] else { continue }
                let parent = ParentInstance(
                    name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
                let command = StartCommand(
                    name: name, instanceID: child, input: input, ifExists: .restart, tags: record.tags, parent: parent)
                batch.loose.append(setup.wire.encode(.start(command), to: child))
            }
        }
    }
}
