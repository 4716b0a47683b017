import Warren
import WarrenMessaging

/// Passes an operator's command on to sub-orchestrations: by message, since most of them live in other partitions. A
/// child's own partition decides whether it belongs to this very execution.
extension Step {
    /// Sends the command to the children that the instance waits for. Its open tasks have been read.
    mutating func passOn(
        _ verb: ControlCommand.Verb, reason: String?, toChildrenOf instance: InstanceState, _ frame: Frame
    ) {
        for (id, task) in instance.open.sorted {
            guard case .subOrchestration(_, let child, _) = task else { continue }
            passOn(verb, reason: reason, to: child, calledBy: instance.record, as: id, frame)
        }
    }

    /// Sends the command to the child that an execution called.
    mutating func passOn(
        _ verb: ControlCommand.Verb, reason: String?, to child: String, calledBy record: InstanceRecord, as id: Int,
        _ frame: Frame
    ) {
        let call = ParentInstance(
            name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
        let command = ControlCommand(instanceID: child, verb: verb, reason: reason, parent: call, isRecursive: true)
        send(frame.wire.outboxMessage(.control(command), to: child))
    }
}
