/// What one episode did.
package struct EpisodeOutcome: Sendable, Hashable {
    /// New actions, in the order they were asked for.
    package var actions: [OrchestratorAction]
    /// The custom status as of the end of the episode, if this episode set it. JSON `null` clears it.
    package var customStatus: Payload?
    /// How the execution ended, if it did. A returned orchestrator ends only when none of its activities,
    /// sub-orchestrations and un-cancelled timers is open.
    package var completion: Completion?

    package init(
        actions: [OrchestratorAction] = [], customStatus: Payload? = nil, completion: Completion? = nil
    ) {
        self.actions = actions
        self.customStatus = customStatus
        self.completion = completion
    }

    /// How an execution ended.
    package enum Completion: Sendable, Hashable {
        case completed(Payload)
        case failed(FailureDetails)
        /// The next generation's input and the events to hand to it: raised, not yet consumed, in order of arrival.
        case continuedAsNew(Payload, unprocessedEvents: [RaisedEvent])
    }
}
