import Warren
package import WarrenMessaging

/// Takes the end of a sub-orchestration.
extension ChildCompletedCommand: PartitionCommand {
    package var crashSubject: String? { parent.instanceID }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("child")
        hash.add(parent.executionID)
        hash.add("\(parent.taskID)")
        return hash.result
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> InstanceState? {
        try state.openInstance(parent.instanceID, execution: parent.executionID, isToBeRun: true)
    }

    func apply(_ instance: InstanceState?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let instance else { return }
        guard case .subOrchestration = instance.open[parent.taskID] else {
            instance.unplayed = nil
            return
        }
        switch result {
        case .completed(let value):
            step.happen(.subOrchestrationCompleted(id: parent.taskID, result: value), to: instance)
        case .failed(let failure):
            step.happen(.subOrchestrationFailed(id: parent.taskID, failure: failure), to: instance)
        }
    }
}
