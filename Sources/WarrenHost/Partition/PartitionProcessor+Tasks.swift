import AMQP
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Answers to what instances asked for: activities, sub-orchestrations, timers. Each counts once, by the number of what
/// was asked; a second answer finds nothing open and is dropped.
extension PartitionProcessor {
    func workResult(_ result: WorkResult, from source: InboundMessage?, _ batch: inout StepBatch) throws {
        let token = result.token
        // A signature of earlier versions has to be looked at more closely.
        if !token.isFormer, case .heartbeat(let lease) = result.outcome, try renewLease(result, by: lease, &batch) {
            return
        }
        let isEnding =
            switch result.outcome {
            case .completed, .failed: true;
            case .heartbeat, .released: false
            }
        guard
            let state = try openInstance(token.instanceID, execution: token.executionID, isToBeRun: isEnding)
        else { return }
        guard case .activity(let call) = state.openTasks[token.taskID] else {
            state.unplayed = nil
            return
        }
        guard isCurrent(token, for: call) else {
            state.unplayed = nil
            let refusal = Refusal(
                .unmatchedResult,
                "The 'correlation_id' is signed as earlier versions did, but this task was asked for later. The message "
                    + "was made up, not echoed.")
            return refuse(refusal, source: source, reply: nil, &batch)
        }
        switch result.outcome {
        case .completed(let value):
            removeLease(token.taskID, of: state, &batch)
            happen(.taskCompleted(id: token.taskID, result: value), to: state, &batch)
        case .failed(let failure):
            removeLease(token.taskID, of: state, &batch)
            happen(.taskFailed(id: token.taskID, failure: failure), to: state, &batch)
        case .heartbeat(let lease):
            setup.logger.debug(
                "A worker says that it goes on", metadata: ["instance": "\(state.record.instanceID)"])
            let key = TaskLease.Key(
                instance: state.record.key, generation: state.record.generation, taskID: token.taskID)
            extendLease(key, attempt: result.attempt, by: lease, &batch)
        case .released:
            takeBack(token.taskID, of: state, attempt: result.attempt, &batch)
        }
    }

    /// Renews a lease without reading the instance's history: a heartbeat comes every few seconds from each long activity,
    /// and none of them may cost as much as a step.
    ///
    /// - Returns: whether there was a lease.
    private func renewLease(_ result: WorkResult, by duration: Duration, _ batch: inout StepBatch) throws -> Bool {
        let token = result.token
        guard let record = try peek(token.instanceID), record.executionID == token.executionID else { return false }
        let key = TaskLease.Key(instance: record.key, generation: record.generation, taskID: token.taskID)
        guard leases[key]?.isTaken == true, !record.status.isTerminal else { return false }
        setup.logger.debug("A worker says that it goes on", metadata: ["instance": "\(record.instanceID)"])
        extendLease(key, attempt: result.attempt, by: duration, &batch)
        return true
    }

    /// Whether a token was given out for a call. Earlier versions signed with what everybody could read: that is good for
    /// what was asked for in their time.
    private func isCurrent(_ token: TaskToken, for call: InstanceState.ActivityCall) -> Bool {
        guard token.isFormer else { return true }
        guard let until = setup.wire.formerTokensUntil, let scheduledAt = call.scheduledAt else { return false }
        return scheduledAt <= until
    }

    /// Adds to the refusal of an answer that matches no work how to answer again: a worker that has acknowledged its work item
    /// gets it no more, and its activity waits.
    func explained(_ refusal: Refusal, _ source: InboundMessage?) -> Refusal {
        guard refusal.reason == .unmatchedResult, let source else { return refusal }
        var refusal = refusal
        refusal.detail +=
            " If the work item was acknowledged, its activity still waits: publish the same body again to "
            + "'\(source.exchange)' with the routing key '\(WireRules.excerpt(source.routingKey))' and the work item's own "
            + "correlation_id."
        let named = source.properties.headers[WireHeader.activity]?.string
        let activities = named.map { [$0] } ?? toldActivities.sorted()
        if !activities.isEmpty {
            let queues = activities.prefix(5).map { "'\(setup.wire.activityQueue(WireRules.excerpt($0)))'" }
            refusal.detail +=
                " Its work came from the queue \(queues.joined(separator: ", or "))"
                + (activities.count > 5 ? ", or one of \(activities.count - 5) more." : ".")
        }
        return refusal
    }

    /// The work item of an activity cannot be delivered.
    func undeliverable(_ token: TaskToken, _ failure: FailureDetails, _ batch: inout StepBatch) throws {
        guard let state = try openInstance(token.instanceID, execution: token.executionID, isToBeRun: true) else {
            return
        }
        guard case .activity = state.openTasks[token.taskID] else {
            state.unplayed = nil
            return
        }
        removeLease(token.taskID, of: state, &batch)
        happen(.taskFailed(id: token.taskID, failure: failure), to: state, &batch)
    }

    func childCompleted(_ command: ChildCompletedCommand, _ batch: inout StepBatch) throws {
        let parent = command.parent
        guard let state = try openInstance(parent.instanceID, execution: parent.executionID, isToBeRun: true) else {
            return
        }
        guard case .subOrchestration = state.openTasks[parent.taskID] else {
            state.unplayed = nil
            return
        }
        switch command.result {
        case .completed(let value):
            happen(.subOrchestrationCompleted(id: parent.taskID, result: value), to: state, &batch)
        case .failed(let failure):
            happen(.subOrchestrationFailed(id: parent.taskID, failure: failure), to: state, &batch)
        }
    }

    func timerFired(_ key: TimerRow.Key, _ batch: inout StepBatch) throws {
        let found = try find(key: key.instance)
        if key.id == -1, let found, found.record.generation == key.generation, found.isWaitingForStart {
            return try scheduledStart(of: found, &batch)
        }
        // Whatever comes of it, it does not ring again: a timer that belongs to nothing would ring at every start.
        batch.commit.removedTimers.append(key)
        guard let state = found, state.record.generation == key.generation, !state.record.status.isTerminal else {
            return
        }
        try loadTasks(of: state, isToBeRun: true)
        guard case .timer = state.openTasks[key.id] else {
            state.unplayed = nil
            return
        }
        happen(.timerFired(id: key.id), to: state, &batch)
    }

    /// A worker has not been heard of for the length of its lease: somebody else gets the work item.
    func leaseExpired(_ key: TaskLease.Key, _ batch: inout StepBatch) throws {
        guard let lease = leases[key] else { return }
        guard let state = try find(key: key.instance), state.record.generation == key.generation,
            !state.record.status.isTerminal
        else { return forget(key, &batch) }
        try loadTasks(of: state)
        guard case .activity(let call) = state.openTasks[key.taskID] else { return forget(key, &batch) }
        if setup.hearing.wasBroken(within: setup.configuration.lease) {
            // No heartbeat could come: silence says nothing.
            setup.logger.debug(
                "A lease is prolonged: the broker takes no messages, or is lost",
                metadata: ["instance": "\(state.record.instanceID)", "activity": "\(call.name)"])
            extendLease(key, attempt: lease.attempt, by: setup.configuration.lease, &batch)
            return
        }
        setup.logger.warning(
            "An activity's worker is silent; its work item is dispatched again",
            metadata: [
                "instance": "\(state.record.instanceID)", "activity": "\(call.name)",
                "attempt": "\(lease.attempt + 1)",
            ])
        dispatchAgain(key, call, after: lease.attempt, of: state, &batch)
    }

    /// Removes a lease that belongs to nothing.
    private func forget(_ key: TaskLease.Key, _ batch: inout StepBatch) {
        leases[key] = nil
        batch.commit.removedLeases.append(key)
    }

    /// A worker gives a work item back, whether it has begun with it or not.
    private func takeBack(_ taskID: Int, of state: InstanceState, attempt: Int?, _ batch: inout StepBatch) {
        guard case .activity(let call) = state.openTasks[taskID] else { return }
        let key = TaskLease.Key(instance: state.record.key, generation: state.record.generation, taskID: taskID)
        let current = leases[key]?.attempt ?? 1
        // Each dispatch is taken back once, however often the worker says so.
        if let attempt, attempt < current { return }
        setup.logger.info(
            "A worker gives a work item back; it is dispatched again",
            metadata: [
                "instance": "\(state.record.instanceID)", "activity": "\(call.name)", "attempt": "\(current + 1)",
            ])
        alarms.remove(.lease(key))
        dispatchAgain(key, call, after: max(current, attempt ?? current), of: state, &batch)
    }

    private func dispatchAgain(
        _ key: TaskLease.Key, _ call: InstanceState.ActivityCall, after attempt: Int, of state: InstanceState,
        _ batch: inout StepBatch
    ) {
        // No worker reads a larger number, and one that made it up may have said it.
        let lease = TaskLease(key: key, attempt: min(attempt, Int(Int32.max) - 1) + 1, expiresAt: TaskLease.never)
        leases[key] = lease
        batch.commit.leases.append(lease)
        batch.loose.append(workItem(key.taskID, call, dispatch: lease.attempt, of: state.record))
    }

    private func extendLease(
        _ key: TaskLease.Key, attempt: Int?, by duration: Duration, _ batch: inout StepBatch
    ) {
        let current = leases[key]?.attempt ?? 1
        // Who was given up may still be alive, but must not answer for the one that has the item now.
        if let attempt, attempt < current { return }
        // A worker's word is bounded: between a second and a day.
        let bounded = min(max(duration, .seconds(1)), .seconds(24 * 3600))
        let lease = TaskLease(
            key: key, attempt: attempt ?? current, expiresAt: batch.now.advanced(by: bounded))
        leases[key] = lease
        alarms.set(.lease(key), at: lease.expiresAt)
        batch.commit.leases.append(lease)
    }

    /// The instance, ready to take an answer, if the answer is for its present execution and it can still take one.
    ///
    /// - Parameter isToBeRun: whether the answer makes its orchestrator run.
    private func openInstance(
        _ instanceID: String, execution: String, isToBeRun: Bool = false
    ) throws -> InstanceState? {
        guard let state = try find(instanceID), state.record.executionID == execution,
            !state.record.status.isTerminal
        else { return nil }
        try loadTasks(of: state, isToBeRun: isToBeRun)
        return state
    }
}
