import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Finding, loading and writing instances.
extension PartitionProcessor {
    /// The instance of that ID, from memory or from the store.
    ///
    /// - Throws: `.damagedRow` if its row cannot be read.
    func find(_ instanceID: String) throws -> InstanceState? {
        if let state = cache.instance(instanceID) { return state }
        guard let record = try store.instance(instanceID), !purgedKeys.contains(record.key) else { return nil }
        return insert(try intact(record))
    }

    /// The row of the instance of that ID, without making room for it in memory.
    func peek(_ instanceID: String) throws -> InstanceRecord? {
        if let state = cache.peek(instanceID) { return state.record }
        guard let record = try store.instance(instanceID), !purgedKeys.contains(record.key) else { return nil }
        return try intact(record)
    }

    /// The ID of the instance of that key, whatever else of its row is damaged.
    func instanceID(key: Int64) throws -> String? {
        if let state = cache.peek(key: key) { return state.record.instanceID }
        return try store.instance(key: key)?.instanceID
    }

    private func intact(_ record: InstanceRecord) throws -> InstanceRecord {
        guard let damage = record.damage else { return record }
        throw StorageError(
            .damagedRow, "The row of instance '\(record.instanceID)' is damaged: \(damage).", instance: record.key)
    }

    /// The instance of that key, from memory or from the store.
    func find(key: Int64) throws -> InstanceState? {
        if let state = cache.instance(key: key) { return state }
        guard !purgedKeys.contains(key), let record = try store.instance(key: key) else { return nil }
        return insert(try intact(record))
    }

    func insert(_ record: InstanceRecord) -> InstanceState {
        let state = InstanceState(record: record, isStored: true)
        cache.insert(state)
        return state
    }

    /// Makes sure that the instance's open tasks and session are those of its history.
    func load(_ state: InstanceState) throws {
        guard !state.isLoaded || state.session == nil else { return }
        let history = try state.unplayed ?? events(of: state)
        state.unplayed = nil
        track(history, of: state)
        setup.crashGuard.enter(state.suspicionSubject)
        state.session = setup.runner.session(replaying: history)
    }

    /// Makes sure that the instance's open tasks are those of its history, without running any of its code.
    ///
    /// - Parameter isToBeRun: whether the history is kept for `load`, which is likely to follow in the same round.
    func loadTasks(of state: InstanceState, isToBeRun: Bool = false) throws {
        guard !state.isLoaded else { return }
        let history = try events(of: state)
        track(history, of: state)
        if isToBeRun, state.session == nil { state.unplayed = history }
    }

    private func events(of state: InstanceState) throws -> [HistoryEvent] {
        guard state.record.episodes > 0 else { return [] }
        return try store.history(of: state.record.key, generation: state.record.generation)
            .flatMap { try decodeEpisode($0, of: state) }
    }

    /// Reads the row and the history of an open instance from the store, even if the instance is in memory.
    ///
    /// - Throws: `.damagedRow` if it cannot be read: then the instance fails.
    func check(_ key: Int64) throws {
        guard let state = try find(key: key), !state.record.status.isTerminal else { return }
        _ = try events(of: state)
    }

    private func track(_ history: [HistoryEvent], of state: InstanceState) {
        guard !state.isLoaded else { return }
        for event in history { state.track(event) }
        state.isLoaded = true
    }

    func decodeEpisode(_ bytes: [UInt8], of state: InstanceState) throws -> [HistoryEvent] {
        do {
            return try HistoryCodec.decode(bytes)
        } catch {
            throw StorageError(.damagedRow, "The history cannot be read: \(error)", instance: state.record.key)
        }
    }

    /// Adds the instance's row to the commit.
    func write(_ state: InstanceState, _ batch: inout StepBatch) {
        let kind: InstanceWrite.Kind =
            if !state.isStored { .insert } else if state.isNewGeneration { .replace } else { .update }
        state.isStored = true
        state.isNewGeneration = false
        batch.commit.instances.append(InstanceWrite(kind, state.record))
    }

    /// Takes back timers and leases of the present generation.
    func dropAlarms(of state: InstanceState, _ batch: inout StepBatch) {
        for (id, task) in state.openTasks {
            switch task {
            case .timer: removeTimer(id, of: state, &batch)
            case .activity: removeLease(id, of: state, &batch)
            case .subOrchestration: break
            }
        }
        if state.record.scheduledStart != nil, state.record.episodes == 0 {
            removeTimer(-1, of: state, &batch)
            // What was kept for this start must not reach the next one.
            dropHeld(for: "started:\(state.record.instanceID)", &batch)
        }
    }

    func removeTimer(_ id: Int, of state: InstanceState, _ batch: inout StepBatch) {
        let key = TimerRow.Key(instance: state.record.key, generation: state.record.generation, id: id)
        alarms.remove(.timer(key))
        batch.commit.removedTimers.append(key)
    }

    func setTimer(_ id: Int, of state: InstanceState, at time: Timestamp, _ batch: inout StepBatch) {
        let key = TimerRow.Key(instance: state.record.key, generation: state.record.generation, id: id)
        alarms.set(.timer(key), at: time)
        batch.commit.timers.append(TimerRow(key: key, fireAt: time))
    }

    func removeLease(_ taskID: Int, of state: InstanceState, _ batch: inout StepBatch) {
        let key = TaskLease.Key(instance: state.record.key, generation: state.record.generation, taskID: taskID)
        guard leases.removeValue(forKey: key) != nil else { return }
        alarms.remove(.lease(key))
        batch.commit.removedLeases.append(key)
    }

    /// Adds something that happened to the instance; it runs at the end of the round.
    func happen(_ event: HistoryEvent, to state: InstanceState, _ batch: inout StepBatch) {
        batch.touch(state)
        state.newEvents.append(event)
        state.track(event)
    }
}
