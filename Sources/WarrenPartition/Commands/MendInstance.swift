import Warren
import WarrenMessaging

/// Restores what rows that were set aside stood for, so that no instance waits for it in vain. The instance's history
/// shows what is missing:
///
/// - timers that are open are set, and time limits of open activities, from now on or as they were;
/// - activities that are open get a lease, and are dispatched again if no worker reports on them in its time;
/// - sub-orchestrations that are open are started again, which has no effect on those that were started before.
///
/// Anything else in a row of the outbox (replies, events, ends of sub-orchestrations) is lost, and was reported as
/// lost.
struct MendInstance: PartitionCommand {
    var instance: Int64
    var what: DamageFindings.Sweep

    struct Mendable {
        var instance: InstanceState
        /// Sub-orchestrations that are open, with the commands that started them.
        var calls: [StartCommand] = []
        /// Whether an executor was asked for an episode and has not answered.
        var isAsked = false
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Mendable? {
        guard let instance = try state.instance(key: instance), !instance.record.status.isTerminal else { return nil }
        var found = Mendable(instance: instance)
        if what.contains(.timers), instance.isWaitingForStart { return found }
        try state.loadTasks(of: instance)
        if what.contains(.timers), !frame.catalog.isInline(instance.record.name) {
            // The last row is either the events of an episode, or an executor's answer.
            found.isAsked =
                try state.episodes(of: instance.record).last.map { last throws(Unresolved) in
                    try PartitionState.decode(last, of: instance.record)
                }?.first.map(\.isBeginning) ?? false
        }
        guard what.contains(.work), !instance.open.children.isEmpty else { return found }
        let record = instance.record
        for event in try state.events(of: instance) {
            if case .executionRewound(let facts) = event {
                // Children that were called before may still answer the former execution.
                for index in found.calls.indices {
                    found.calls[index].ifExists = .rejoin
                    found.calls[index].formerExecutionID = facts.formerExecutionID
                }
            }
            guard case .subOrchestrationCreated(let id, let name, let child, let input, let version) = event,
                case .subOrchestration = instance.open[id]
            else { continue }
            let parent = ParentInstance(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
            found.calls.append(
                StartCommand(
                    name: name, instanceID: child, input: input, ifExists: .restart, tags: record.tags, parent: parent,
                    version: version))
        }
        return found
    }

    func apply(_ found: Mendable?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let found else { return }
        let record = found.instance.record
        if what.contains(.timers), found.instance.isWaitingForStart, let startAt = record.scheduledStart {
            return restore(-1, of: record, at: startAt, &state, &step)
        }
        if found.isAsked { restore(TimerRow.Key.episode, of: record, at: step.now, &state, &step) }
        for (id, task) in found.instance.open.sorted {
            switch task {
            case .timer(let fireAt, _) where what.contains(.timers): restore(id, of: record, at: fireAt, &state, &step)
            case .activity(let call):
                let key = record.lease(id)
                if what.contains(.work), call.terms.needsPermit, state.deadlines.lease(key) == nil {
                    step.send(frame.permitRequest(id, call, of: record))
                } else if what.contains(.work) {
                    state.deadlines.adoptLease(
                        key, until: step.now.advanced(by: frame.rules.lease), &step.commit)
                }
                if what.contains(.timers) {
                    state.deadlines.mendLimits(of: id, call, of: record, now: step.now, &step.commit)
                }
            case .timer, .subOrchestration: break
            }
        }
        for call in found.calls {
            step.carry(call.input, of: record.instanceID, to: call.instanceID)
            step.send(frame.wire.outboxMessage(.start(call), to: call.instanceID))
        }
    }

    private func restore(
        _ id: Int, of record: InstanceRecord, at time: Timestamp, _ state: inout PartitionState, _ step: inout Step
    ) {
        let key = record.timer(id)
        if !state.deadlines.isSet(key) { state.deadlines.setTimer(key, at: time, &step.commit) }
    }
}

/// Reads the row and the history of an open instance from the store, even if the instance is in memory. If it cannot be
/// read, the instance fails.
struct CheckInstance: PartitionCommand {
    var instance: Int64

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {
        guard let instance = try state.instance(key: instance), !instance.record.status.isTerminal else { return }
        _ = try state.events(of: instance)
    }

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {}
}
