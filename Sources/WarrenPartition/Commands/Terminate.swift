import Warren
import WarrenMessaging

extension PartitionState {
    /// Ends an instance at an operator's command. Its open tasks and the callers that wait for its end have been read.
    mutating func terminate(
        _ instance: InstanceState, reason: String?, _ step: inout Step, _ frame: Frame
    ) {
        let time = max(step.now, instance.record.lastUpdatedAt)
        let output = reason.map { frame.wire.json($0) } ?? .null
        // Events that arrived in this step before the command are recorded, but no longer run.
        var events = lastEpisode(of: instance, at: time)
        events.append(.executionTerminated(reason: reason))
        events.append(.executionCompleted(.terminated, output: output, failure: nil))
        instance.record.lastUpdatedAt = time
        var messages: [OutboxMessage] = []
        finish(instance, .terminated, output: output, failure: nil, &messages, &step, frame)
        step.append(events, to: instance)
        step.write(instance)
        step.send(messages)
    }
}
