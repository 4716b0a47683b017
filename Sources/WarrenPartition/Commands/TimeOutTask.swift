import Warren
import WarrenMessaging

/// Fails an activity because one of its time limits has run out.
struct TimeOutTask: PartitionCommand {
    var key: TimerRow.Key

    enum Found {
        case task(InstanceState, OpenTasks.ActivityCall, TaskDeadline)
        /// The limit belongs to no open task, or to a dispatch that was given up.
        case nothing
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        guard let deadline = TaskDeadline(timer: key.id), let instance = try state.instance(key: key.instance),
            instance.record.generation == key.generation, !instance.record.status.isTerminal
        else { return .nothing }
        try state.requireIdle(instance)
        try state.loadTasks(of: instance, isToBeRun: true)
        let dispatch = state.deadlines.lease(instance.record.lease(deadline.taskID))?.attempt ?? 1
        guard case .activity(let call) = instance.open[deadline.taskID],
            TaskDeadline(deadline.kind, of: deadline.taskID, dispatch: dispatch) == deadline
        else {
            instance.unplayed = nil
            return .nothing
        }
        return .task(instance, call, deadline)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        state.deadlines.removeTimer(key, &step.commit)
        guard case .task(let instance, let call, let deadline) = found else { return }
        state.timeOut(deadline.taskID, call, deadline.kind.timeout, of: instance, &step, frame)
    }
}

extension PartitionState {
    /// Fails an activity because a time limit has run out. A worker that runs it is told to stop.
    mutating func timeOut(
        _ taskID: Int, _ call: OpenTasks.ActivityCall, _ timeout: ActivityTimeout, of instance: InstanceState,
        _ step: inout Step, _ frame: Frame
    ) {
        let failure = FailureDetails(
            timeout, of: call, lastHeartbeat: deadlines.lease(instance.record.lease(taskID))?.details,
            served: frame.catalog.activityNames)
        step.observe(
            .activityTimedOut(instanceID: instance.record.instanceID, activity: call.name, timeout: timeout))
        step.send(cancellation(of: taskID, .timeout, of: instance.record, frame))
        fail(taskID, call, failure, of: instance, isAnswered: false, &step)
    }

    /// Records that an activity has failed, after the details of its last heartbeat: the next attempt gets them.
    ///
    /// - Parameter isAnswered: whether its worker has said so.
    mutating func fail(
        _ taskID: Int, _ call: OpenTasks.ActivityCall, _ failure: FailureDetails, of instance: InstanceState,
        isAnswered: Bool, _ step: inout Step
    ) {
        if let details = deadlines.lease(instance.record.lease(taskID))?.details {
            step.happen(.taskHeartbeat(id: taskID, details: details), to: instance)
        }
        deadlines.endTask(taskID, call, of: instance.record, isAnswered: isAnswered, &step.commit)
        step.happen(.taskFailed(id: taskID, failure: failure), to: instance)
    }
}

extension FailureDetails {
    /// Reports a time limit that has run out. The details are those of the last heartbeat.
    ///
    /// - Parameter served: the activities that are served, as far as this host knows.
    fileprivate init(
        _ timeout: ActivityTimeout, of call: OpenTasks.ActivityCall, lastHeartbeat: Payload?, served: [String]
    ) {
        let limits = call.terms.timeouts
        var isNonRetriable = false
        let text: String
        switch timeout {
        case .scheduleToStart:
            isNonRetriable = true
            let isServed = served.contains { $0.isExactly(call.name) }
            let names = served.isEmpty ? "none" : served.map { "'\($0)'" }.joined(separator: ", ")
            text =
                "No worker began with the activity '\(call.name)' within \(limits.scheduleToStart ?? .zero). "
                + (isServed
                    ? "It is served: start more workers, or allow more time."
                    : "Served are, as far as this host knows: \(names). Start a worker for it, or correct the name.")
        case .startToClose:
            text = "The activity '\(call.name)' did not answer within \(limits.startToClose ?? .zero) of its beginning."
        case .heartbeat:
            text =
                "The activity '\(call.name)' sent no heartbeat for \(limits.heartbeat ?? .zero): its worker is lost, or "
                + "its code does not call 'heartbeat' often enough."
        default:
            isNonRetriable = true
            text =
                "The activity '\(call.name)' did not end within \(limits.total ?? .zero)"
                + (call.terms.attempt > 1 ? ", \(call.terms.attempt) attempts included." : ".")
        }
        self.init(
            type: timeout.failureType, message: text, details: lastHeartbeat, isNonRetriable: isNonRetriable)
    }
}
