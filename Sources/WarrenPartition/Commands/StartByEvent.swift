import Warren
import WarrenMessaging

/// Starts an instance by the event that it gets first.
extension RaiseCommand {
    /// Starts the instance, and raises the event to it, in one step: both take effect, or neither. The event's message
    /// is the one that is noted and answered.
    func begin(_ start: EventStart, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        let (_, verdict) = frame.catalog.admission(of: start.name, version: nil)
        if verdict.keepsStartWaiting {
            // A host that knows the orchestration may come.
            return state.hold(
                .raise(self), for: HeldSubject.orchestration(start.name, version: nil),
                frame.rules.unknownOrchestrationGrace,
                prior: .none, &step, frame)
        }
        var event = self
        event.start = nil
        let command = StartCommand(
            name: start.name, instanceID: instanceID, input: start.input,
            ifExists: start.replacesFinished ? .restart : .ignore, tags: start.tags,
            context: CommandContext(trace: context.trace))
        step.followUps += [.command(.start(command)), .command(.raise(event))]
    }
}
