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
    /// Whether `completion` is the report that the code does not agree with the history. None of the episode's events was
    /// seen by the code then.
    package var isNonDeterminism = false
    /// How the body has ended, if it has and open tasks keep the execution from its completion.
    package var bodyEnd: RuntimeStatus?
    /// The version with which the next generation begins; `nil` for the version of this one.
    package var nextVersion: String?
    /// What became of the updates among the episode's events, in their order; those that the code did not come to are
    /// missing.
    package var updates: [UpdateOutcome] = []
    /// The names of the updates that the code takes from this episode on.
    package var newUpdateNames: [String] = []

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
        indirect case failed(FailureDetails)
        /// The next generation's input and its events: raised, not yet consumed, in order of arrival.
        indirect case continuedAsNew(Payload, unprocessedEvents: [RaisedEvent])
    }
}
