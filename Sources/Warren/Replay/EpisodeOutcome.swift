/// The outcome of one episode.
package struct EpisodeOutcome: Sendable, Hashable {
    /// The new actions, in the order of the code.
    package var actions: [OrchestratorAction]
    /// The custom status as of the end of the episode, if this episode set it. JSON `null` clears it.
    package var customStatus: Payload?
    /// The external events that the execution waits for now; `nil` if they are the same as after the session's last
    /// episode, or if the executor cannot tell.
    package var eventWaits: EventWaits?
    /// The completion of the execution, if it ended. A returned orchestrator ends only when none of its activities,
    /// sub-orchestrations and un-cancelled timers is open.
    package var completion: Completion?

    package init(
        actions: [OrchestratorAction] = [], customStatus: Payload? = nil, eventWaits: EventWaits? = nil,
        completion: Completion? = nil
    ) {
        self.actions = actions
        self.customStatus = customStatus
        self.eventWaits = eventWaits
        self.completion = completion
    }

    /// The completion of an execution.
    package enum Completion: Sendable, Hashable {
        case completed(Payload)
        case failed(FailureDetails)
        /// The next generation's input and its events: raised, not yet consumed, in order of arrival.
        case continuedAsNew(Payload, unprocessedEvents: [RaisedEvent])
    }
}
