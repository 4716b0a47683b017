import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Removing ended instances, with everything that the partition keeps of them but the keys of messages that they took:
/// a start that comes again is recognised for as long as any other, and starts nothing.
extension PartitionProcessor {
    /// One instance, for an operator or for its purged parent.
    func purge(_ command: ControlCommand, from source: InboundMessage?, _ batch: inout StepBatch) throws {
        let state = try find(command.instanceID)
        if let parent = command.parent {
            // Nobody waits for an answer. What has another parent, or goes on, stays.
            guard let state, state.record.parent == parent, state.record.status.isTerminal else { return }
            return try purge(state, &batch)
        }
        guard let state else {
            refuse(.unknown(command.instanceID), source: source, reply: command.context.reply, &batch)
            return
        }
        guard state.record.status.isTerminal else {
            refuse(.notFinished(state.record), source: source, reply: command.context.reply, &batch)
            return
        }
        note(command.context, instanceID: command.instanceID, &batch)
        accept(command.context, instanceID: command.instanceID, &batch)
        try purge(state, &batch)
    }

    /// A page of this partition's instances.
    func purge(_ command: PurgeCommand, _ batch: inout StepBatch) throws {
        var query = command.query
        // Whatever was asked for: what goes on stays.
        query.statuses = query.statuses.filter(\.isTerminal)
        if query.statuses.isEmpty { query.statuses = RuntimeStatus.allCases.filter(\.isTerminal) }
        // So many are removed in one commit. What goes is not read first: neither inputs nor outputs.
        query.limit = min(query.limit, 100)
        query.includeInput = false
        query.includeOutput = false
        let page = try store.summaries(query, bytes: QueryReader.pageBytes)
        var purged = 0
        for record in page.instances where !purgedKeys.contains(record.key) {
            // The store shows what is durable: meanwhile it may run again.
            let state = cache.peek(key: record.key) ?? InstanceState(record: record, isStored: true)
            guard query.statuses.contains(state.record.status), state.record.generation == record.generation else {
                continue
            }
            try purge(state, &batch)
            purged += 1
        }
        guard let reply = command.context.reply else { return }
        batch.answers.append(
            setup.wire.answer(PurgeReply(purged: purged, next: page.next), to: reply, instanceID: nil))
    }

    private func purge(_ state: InstanceState, _ batch: inout StepBatch) throws {
        let key = state.record.key
        // 1. The children go by message: most of them live in other partitions.
        for (id, parent) in try children(of: state) {
            let command = ControlCommand(instanceID: id, verb: .purge, parent: parent)
            batch.loose.append(setup.wire.encode(.control(command), to: id))
        }
        // 2. What this round was about to write of it. Messages that it sent are on their way, whatever becomes of it.
        batch.commit.instances.removeAll { $0.record.key == key }
        batch.commit.history.removeAll { $0.instance == key }
        batch.commit.timers.removeAll { $0.key.instance == key }
        batch.commit.leases.removeAll { $0.key.instance == key }
        batch.touched.removeAll { $0 === state }
        // 3. Events that waited for a start which never came.
        dropHeld(for: "started:\(state.record.instanceID)", &batch)
        // 4. The rows, and what is in memory. The call that it answers may still come again.
        try note(state.record.parent, instanceID: state.record.instanceID, &batch)
        batch.commit.purgedInstances.append(key)
        purgedKeys.insert(key)
        if cache.peek(key: key) === state { cache.remove(state) }
    }

    private func addCalls(of state: InstanceState, to calls: inout [(taskID: Int, instanceID: String)]) throws {
        for episode in try store.history(of: state.record.key, generation: state.record.generation) {
            for case .subOrchestrationCreated(let id, _, let instanceID, _) in try decodeEpisode(episode, of: state) {
                calls.append((id, instanceID))
            }
        }
    }

    /// The sub-orchestrations of the present generation, each with itself as its parent.
    private func children(of state: InstanceState) throws -> [(id: String, parent: ParentInstance)] {
        // From the history: a child's own partition decides whether it is one of this very execution.
        var calls = state.children
        if !state.isLoaded {
            do {
                try addCalls(of: state, to: &calls)
            } catch let error as StorageError where error.reach == .unit {
                setup.logger.warning(
                    "The sub-orchestrations of a purged instance are not known, because its history is damaged",
                    metadata: ["instance": "\(state.record.instanceID)", "reason": "\(error.message)"])
            }
        }
        let record = state.record
        return calls.map { taskID, id in
            let parent = ParentInstance(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: taskID)
            return (id, parent)
        }
    }
}

extension Refusal {
    static func notFinished(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceNotFinished,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): only ended instances are purged. "
                + "Terminate it first, or wait for its end.")
    }

    static func purged(_ instanceID: String) -> Refusal {
        Refusal(
            .unknownInstance,
            "This start was taken before, and its instance '\(instanceID)' was purged since. Nothing was started; send a "
                + "start with another message ID to run it again.")
    }
}
