import Warren
import WarrenMessaging

/// Fails an instance with an unreadable history or row, without running any of its code.
struct FailDamaged: PartitionCommand {
    var instance: Int64
    var reason: String

    enum Found {
        case inMemory(InstanceState)
        /// The instance with its row, as much of it as could be restored.
        case stored(InstanceState, wasEnded: Bool)
        /// No instance to fail: it is gone, or has ended and can be read.
        case nothing
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        if let known = state.instances.peek(key: instance) {
            guard !known.record.status.isTerminal else { return .nothing }
            try state.loadWaiters(of: known, frame)
            return .inMemory(known)
        }
        guard let record = try state.rowAsItIs(key: instance) else { return .nothing }
        let wasEnded = record.status.isTerminal
        guard !wasEnded || record.damage != nil else { return .nothing }
        // The instance is put into memory only when everything about it is known.
        let restored = InstanceState(record: try restored(record, state), isStored: true)
        if !wasEnded { try state.loadWaiters(of: restored, frame) }
        return .stored(restored, wasEnded: wasEnded)
    }

    /// Restores the ID, the name, the input and the parent of a damaged row from the first event of the history, which
    /// has checksums of its own. If the history cannot be read, the row stays as it is, without the mark of damage.
    private func restored(_ damaged: InstanceRecord, _ state: PartitionState) throws(Unresolved) -> InstanceRecord {
        var record = damaged
        record.damage = nil
        let beginning: [HistoryEvent]
        do {
            guard let first = try state.episodes(of: record).first else { return record }
            beginning = try PartitionState.decode(first, of: record)
        } catch .damaged {
            return record
        }
        for event in beginning {
            guard case .executionStarted(let facts) = event else { continue }
            record.executionID = facts.executionID
            record.name = facts.name
            record.input = facts.input
            record.parent = facts.parent
            record.version = facts.version
            // Another instance may have been started meanwhile, under the ID that was free.
            if facts.instanceID != record.instanceID, try isFree(facts.instanceID, state) {
                record.instanceID = facts.instanceID
            }
        }
        if let rewound = try lastRewound(record, state) {
            record.executionID = rewound.executionID
            record.parent = rewound.parent
        }
        return record
    }

    /// The facts by which the execution took over the history of a former one, if it did.
    private func lastRewound(
        _ record: InstanceRecord, _ state: PartitionState
    ) throws(Unresolved) -> ExecutionRewound? {
        var last: ExecutionRewound?
        do {
            for episode in try state.episodes(of: record) {
                for case .executionRewound(let facts) in try PartitionState.decode(episode, of: record) { last = facts }
            }
        } catch .damaged {
            return last
        }
        return last
    }

    private func isFree(_ instanceID: String, _ state: PartitionState) throws(Unresolved) -> Bool {
        do {
            return try state.row(instanceID) == nil
        } catch .damaged {
            return false
        }
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch found {
        case .nothing: break
        case .inMemory(let known): fail(known, wasEnded: false, in: .history, &state, &step, frame)
        case .stored(let restored, let wasEnded):
            state.instances.insert(restored)
            // Every column is written anew, so that the row can be read from now on.
            restored.isNewGeneration = true
            fail(restored, wasEnded: wasEnded, in: .instances, &state, &step, frame)
        }
    }

    /// - Parameter wasEnded: whether the callers that wait for its end were answered before.
    private func fail(
        _ damaged: InstanceState, wasEnded: Bool, in table: DamagedRow.Table, _ state: inout PartitionState,
        _ step: inout Step, _ frame: Frame
    ) {
        let record = damaged.record
        let failure = FailureDetails(
            type: "CorruptHistory",
            message:
                "What the host's file has of this instance is damaged, so it cannot go on: \(reason) Restore a backup "
                + "of the file, or start the work again under another instance ID. Activities that were asked for may have "
                + "run.",
            isNonRetriable: true)
        step.failedDamaged += 1
        step.observe(.instanceDamaged(record, reason: reason))
        step.setAside(DamagedRow(table, key: record.key, reason: reason), isTold: true, frame)
        // Which timers and leases the instance has is not known without its history.
        state.deadlines.forgetAll(of: record.key, &step.commit)
        let time = max(step.now, record.lastUpdatedAt)
        damaged.record.lastUpdatedAt = time
        // The rest of the history is evidence, and not part of what the instance shows.
        damaged.record.episodes = 0
        damaged.unplayed = nil
        damaged.isLoaded = true
        var messages: [OutboxMessage] = []
        if wasEnded {
            damaged.record.status = .failed
            damaged.record.output = nil
            damaged.record.failure = failure
            damaged.record.completedAt = damaged.record.completedAt ?? time
        } else {
            state.finish(damaged, .failed, output: nil, failure: failure, &messages, &step, frame)
        }
        damaged.open = OpenTasks()
        step.write(damaged)
        step.send(messages)
    }
}
