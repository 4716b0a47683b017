import Warren
import WarrenMessaging

/// Gives a work item to another worker: its worker has sent no sign of life for the length of its lease. If that is a
/// limit of the call, the attempt fails instead.
struct ExpireLease: PartitionCommand {
    var key: TaskLease.Key

    enum Found {
        case task(InstanceState, OpenTasks.ActivityCall)
        /// The lease belongs to no task.
        case nothing
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        guard state.deadlines.lease(key) != nil else { return .nothing }
        guard let instance = try state.instance(key: key.instance), instance.record.generation == key.generation,
            !instance.record.status.isTerminal
        else { return .nothing }
        try state.loadTasks(of: instance)
        guard case .activity(let call) = instance.open[key.taskID] else { return .nothing }
        // It may fail, and then its orchestrator runs.
        if call.terms.timeouts.heartbeat != nil { try state.requireIdle(instance) }
        return .task(instance, call)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let lease = state.deadlines.lease(key) else { return }
        guard case .task(let instance, let call) = found else {
            return state.deadlines.removeLease(key, &step.commit)
        }
        let instanceID = instance.record.instanceID
        guard frame.areWorkersHeard else {
            // No heartbeat could arrive, so the worker's silence means nothing.
            step.observe(.leaseProlonged(.init(instanceID: instanceID, activity: call.name, attempt: lease.attempt)))
            state.deadlines.extendLease(
                key, .init(attempt: lease.attempt, duration: frame.rules.lease), now: step.now, &step.commit)
            return
        }
        if call.terms.timeouts.heartbeat != nil, lease.isTaken {
            return state.timeOut(key.taskID, call, .heartbeat, of: instance, &step, frame)
        }
        step.observe(.workerSilent(.init(instanceID: instanceID, activity: call.name, attempt: lease.attempt + 1)))
        state.dispatchAgain(key, call, after: lease.attempt, of: instance, &step, frame)
    }
}
