import Warren
import WarrenMessaging

/// Fires a timer, or begins an instance at its scheduled time.
struct FireTimer: PartitionCommand {
    var key: TimerRow.Key

    enum Found {
        case start(InstanceState)
        case timer(InstanceState)
        /// The timer belongs to no task.
        case nothing
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        guard let instance = try state.instance(key: key.instance), instance.record.generation == key.generation,
            !instance.record.status.isTerminal
        else { return .nothing }
        if key.id == -1, instance.isWaitingForStart { return .start(instance) }
        try state.requireIdle(instance)
        try state.loadTasks(of: instance, isToBeRun: true)
        return .timer(instance)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        if case .start(let instance) = found { return state.beginScheduled(instance, &step) }
        // The timer does not fire again, whatever its effect: one that belongs to no task would fire at every start.
        state.deadlines.removeTimer(key, &step.commit)
        guard case .timer(let instance) = found else { return }
        guard case .timer(let fireAt, let createdAt) = instance.open[key.id] else {
            instance.unplayed = nil
            return
        }
        step.trace(
            .timer(taskID: key.id, fireAt: fireAt), of: instance.record, from: createdAt ?? fireAt, to: step.now, frame)
        step.happen(.timerFired(id: key.id), to: instance)
    }
}
