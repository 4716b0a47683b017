import Warren
package import WarrenMessaging

/// Takes what another partition says about a permit.
extension PermitCommand: PartitionCommand {
    /// Only a refusal makes code run.
    package var crashSubject: String? { verb == .refuse ? token.instanceID : nil }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("permit/\(verb.rawValue)/\(token.executionID)/\(token.taskID)")
        return hash.result
    }

    enum Found {
        /// A message to the partition that gives the permits out.
        case owner
        /// A call that waits.
        case task(InstanceState, OpenTasks.ActivityCall)
        /// A call that has its permit already, and was dispatched.
        case dispatched
        /// The call has ended.
        case gone
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        if verb == .request || verb == .release { return .owner }
        let isToBeRun = verb == .refuse
        guard
            let instance = try state.openInstance(
                token.instanceID, execution: token.executionID, isToBeRun: isToBeRun)
        else { return .gone }
        guard case .activity(let call) = instance.open[token.taskID], call.terms.needsPermit,
            call.name.isExactly(activity)
        else {
            instance.unplayed = nil
            return .gone
        }
        if state.deadlines.lease(instance.record.lease(token.taskID)) != nil {
            instance.unplayed = nil
            return .dispatched
        }
        return .task(instance, call)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch (found, verb) {
        case (.owner, .request): state.requestPermit(self, &step, frame)
        case (.owner, _): state.endPermit(self, &step, frame)
        case (.dispatched, _): break
        case (.gone, .grant): step.send(frame.wire.outboxMessage(.permit(PermitCommand(.release, activity, of: token))))
        case (.gone, _): break
        case (.task(let instance, let call), .grant):
            state.deadlines.noteDispatch(instance.record.lease(token.taskID), &step.commit)
            step.send(
                frame.workItem(
                    token.taskID, call, dispatch: 1, of: instance.record, in: instance.record.trace))
        case (.task(let instance, let call), _):
            // The one that gives the permits out does not know the call: there is nothing to release.
            state.deadlines.endTask(token.taskID, call, of: instance.record, isAnswered: true, &step.commit)
            step.happen(.taskFailed(id: token.taskID, failure: Self.crowded(activity)), to: instance)
        }
    }

    private static func crowded(_ activity: String) -> FailureDetails {
        FailureDetails(
            type: "PermitQueueFull",
            message:
                "\(ActivityPermits.mostWaiting) calls of '\(activity)' wait for its limits, and no more are kept. Raise "
                + "the limits ('warren limits set'), or call it less often.")
    }
}

/// Does what it is time for with the permits of an activity.
struct KeepPermits: PartitionCommand {
    var activity: String

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        state.keepPermits(of: activity, &step, frame)
    }
}
