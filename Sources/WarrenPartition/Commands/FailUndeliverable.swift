package import Warren
package import WarrenMessaging

/// Fails a task because its work item cannot be delivered.
package struct FailUndeliverable: PartitionCommand {
    package var token: TaskToken
    package var failure: FailureDetails

    package init(token: TaskToken, failure: FailureDetails) {
        self.token = token
        self.failure = failure
    }

    package var crashSubject: String? { token.instanceID }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("undeliverable/\(token.executionID)/\(token.taskID)")
        return hash.result
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> InstanceState? {
        try state.openInstance(token.instanceID, execution: token.executionID, isToBeRun: true)
    }

    func apply(_ instance: InstanceState?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let instance else { return }
        guard case .activity(let call) = instance.open[token.taskID] else {
            instance.unplayed = nil
            return
        }
        state.deadlines.endTask(token.taskID, call, of: instance.record, isAnswered: true, &step.commit)
        step.happen(.taskFailed(id: token.taskID, failure: failure), to: instance)
    }
}
