import Warren
import WarrenMessaging

extension PartitionState {
    /// Terminates an instance that has not ended, because a start takes its ID. Its open tasks and the callers that wait
    /// for its end have been read.
    ///
    /// Its sub-orchestrations are terminated with it: the history by which they could be found goes with the execution.
    mutating func giveWay(_ instance: InstanceState, _ step: inout Step, _ frame: Frame) {
        let reason = "Another start of this ID replaced it."
        instance.record.lastUpdatedAt = max(step.now, instance.record.lastUpdatedAt)
        step.passOn(.terminate, reason: reason, toChildrenOf: instance, frame)
        var messages: [OutboxMessage] = []
        finish(
            instance, .terminated, output: frame.wire.json(reason), failure: nil, &messages, &step, frame)
        step.send(messages)
    }
}
