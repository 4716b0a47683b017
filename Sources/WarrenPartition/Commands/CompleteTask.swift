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
        case lease(TaskLease.Key)
        case task(InstanceState, OpenTasks.ActivityCall)
        /// An answer for an instance that exists, but waits for no such answer.
        case notOpen(InstanceState)
        /// An answer for an instance that has ended or is not there any more.
        case gone
        case nothing
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        // Renews the lease without reading the instance's history: a heartbeat comes every few seconds from each long
        // activity, and none of them may cost as much as a step. A signature of earlier versions needs a closer look.
        if !token.isFormer, case .heartbeat = outcome {
            guard let record = try state.row(token.instanceID), !record.status.isTerminal else { return .gone }
            if record.executionID == token.executionID,
                state.deadlines.lease(record.lease(token.taskID))?.isTaken == true
            {
                return .lease(record.lease(token.taskID))
            }
        }
        guard
            let instance = try state.openInstance(
                token.instanceID, execution: token.executionID, isToBeRun: isEnding)
        else { return .nothing }
        guard case .activity(let call) = instance.open[token.taskID] else { return .notOpen(instance) }
        return .task(instance, call)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        if isEnding {
            switch found {
            case .task, .lease: break
            case .nothing, .gone, .notOpen: state.releaseAbandoned(token, &step, frame)
            }
        }
        switch found {
        case .nothing: break
        case .gone: stopWorker(.ended, &step, frame)
        case .notOpen(let instance):
            instance.unplayed = nil
            stopWorker(.canceled, &step, frame)
        case .lease(let key): _ = renew(key, limit: nil, &state, &step, frame)
        case .task(let instance, let call):
            guard isCurrent(call, frame) else {
                instance.unplayed = nil
                return step.refuse(Self.madeUp, source: frame.source, reply: nil, frame)
            }
            let key = instance.record.lease(token.taskID)
            switch outcome {
            case .completed(let value):
                state.deadlines.endTask(
                    token.taskID, call, of: instance.record, isAnswered: true, &step.commit)
                step.happen(.taskCompleted(id: token.taskID, result: value), to: instance)
            case .failed(let failure):
                state.fail(token.taskID, call, failure, of: instance, isAnswered: true, &step)
            case .heartbeat:
                if let dispatch = renew(key, limit: call.terms.timeouts.heartbeat, &state, &step, frame) {
                    state.deadlines.noteStart(
                        of: token.taskID, call.terms, dispatch: dispatch, of: instance.record, now: step.now,
                        &step.commit)
                }
            case .released: state.withdraw(key, call, of: instance, attempt: attempt, &step, frame)
            }
        }
    }

    /// Whether the worker is done with the item.
    private var isEnding: Bool {
        switch outcome {
        case .completed, .failed: true
        case .heartbeat, .released: false
        }
    }

    /// - Returns: the number of the dispatch if this is the first sign of life of its worker.
    private func renew(
        _ key: TaskLease.Key, limit: Duration?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) -> Int? {
        guard case .heartbeat(let duration, let details, let worker) = outcome else { return nil }
        if frame.rules.observesHeartbeats { step.observe(.heartbeat(instanceID: token.instanceID)) }
        let current = state.deadlines.lease(key)?.attempt ?? 1
        let beat = Deadlines.Beat(
            attempt: attempt, duration: duration, details: details,
            worker: worker.flatMap { frame.wire.admits(worker: $0) ? $0 : nil }, limit: limit)
        let started = state.deadlines.extendLease(key, beat, now: step.now, &step.commit)
        // The worker of a later dispatch than the last one that is known of: that one's limits are over.
        if let started, started != current { return nil }
        return started
    }

    /// Tells a worker that goes on with a call that was given up, if it can be reached: the first message about that may
    /// have been sent before the worker had the item.
    private func stopWorker(_ reason: WorkCancellation.Reason, _ step: inout Step, _ frame: Frame) {
        guard !token.isFormer, case .heartbeat(_, _, let worker?) = outcome, frame.wire.admits(worker: worker) else {
            return
        }
        step.send(frame.wire.cancellation(of: token, reason, to: worker))
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
