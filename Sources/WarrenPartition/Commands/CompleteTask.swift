import Warren
package import WarrenMessaging

/// Takes a worker's report on a work item. Each item is answered once, identified by the number of its task; a second
/// answer finds no open task and is dropped.
extension WorkResult: PartitionCommand {
    package var crashSubject: String? { token.instanceID }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("result")
        hash.add(token.executionID)
        hash.add("\(token.taskID)")
        return hash.result
    }

    enum Found {
        /// A renewal of the lease of an item that a worker has taken, whatever its instance waits for.
        case lease(TaskLease.Key, Duration)
        case task(InstanceState, OpenTasks.ActivityCall)
        /// An answer for an instance that exists, but waits for no such answer.
        case notOpen(InstanceState)
        case nothing
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        // Renews the lease without reading the instance's history: a heartbeat comes every few seconds from each long
        // activity, and none of them may cost as much as a step. A signature of earlier versions needs a closer look.
        if !token.isFormer, case .heartbeat(let duration) = outcome, let record = try state.row(token.instanceID),
            record.executionID == token.executionID, !record.status.isTerminal,
            state.deadlines.lease(record.lease(token.taskID))?.isTaken == true
        {
            return .lease(record.lease(token.taskID), duration)
        }
        let isEnding =
            switch outcome {
            case .completed, .failed: true
            case .heartbeat, .released: false
            }
        guard
            let instance = try state.openInstance(
                token.instanceID, execution: token.executionID, isToBeRun: isEnding)
        else { return .nothing }
        guard case .activity(let call) = instance.open[token.taskID] else { return .notOpen(instance) }
        return .task(instance, call)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch found {
        case .nothing: break
        case .notOpen(let instance): instance.unplayed = nil
        case .lease(let key, let duration): renew(key, by: duration, &state, &step, frame)
        case .task(let instance, let call):
            guard isCurrent(call, frame) else {
                instance.unplayed = nil
                return step.refuse(Self.madeUp, source: frame.source, reply: nil, frame)
            }
            let key = instance.record.lease(token.taskID)
            switch outcome {
            case .completed(let value):
                state.deadlines.removeLease(key, &step.commit)
                step.happen(.taskCompleted(id: token.taskID, result: value), to: instance)
            case .failed(let failure):
                state.deadlines.removeLease(key, &step.commit)
                step.happen(.taskFailed(id: token.taskID, failure: failure), to: instance)
            case .heartbeat(let duration): renew(key, by: duration, &state, &step, frame)
            case .released: state.withdraw(key, call, of: instance, attempt: attempt, &step, frame)
            }
        }
    }

    private func renew(
        _ key: TaskLease.Key, by duration: Duration, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        if frame.rules.observesHeartbeats { step.observe(.heartbeat(instanceID: token.instanceID)) }
        state.deadlines.extendLease(key, attempt: attempt, by: duration, now: step.now, &step.commit)
    }

    /// Whether the token was given out for a call. Earlier versions signed with data that was readable to all: such a
    /// signature is valid only for calls from the time of those versions.
    private func isCurrent(_ call: OpenTasks.ActivityCall, _ frame: Frame) -> Bool {
        guard token.isFormer else { return true }
        guard let until = frame.wire.formerTokensUntil, let scheduledAt = call.scheduledAt else { return false }
        return scheduledAt <= until
    }

    private static let madeUp = Refusal(
        .unmatchedResult,
        "The 'correlation_id' is signed as earlier versions did, but this task was asked for later. The message was made "
            + "up, not echoed.")
}
