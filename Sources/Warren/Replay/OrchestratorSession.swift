/// One execution of an orchestrator held in memory: rebuilt from its history, then fed new events.
///
/// This is the boundary between the host and whatever runs orchestrator code. The one implementation runs it in this
/// process; a remote worker that answers "these events" with "these actions" can take its place.
///
/// A session is used by one caller at a time and never from two threads at once.
package protocol OrchestratorSession: AnyObject, Sendable {
    /// Applies one episode's events in order and returns what the orchestrator did.
    ///
    /// - Parameter events: `orchestratorStarted` first, then what happened since. The caller records exactly these
    ///   events, followed by the actions' recorded events, as the episode's history.
    func advance(_ events: [HistoryEvent]) -> EpisodeOutcome

    /// Unwinds the orchestrator's frames and lets go of everything. Records nothing. Later calls are an error of ours.
    func evict()
}

/// Creates sessions.
package protocol OrchestratorRunner: Sendable {
    /// Rebuilds an execution by replaying its history; an empty history is a new execution.
    ///
    /// Never throws for a fault of user code: a history that does not match the code gives a session whose next
    /// `advance` reports the failure (and one without a registered orchestrator likewise).
    func session(replaying history: [HistoryEvent]) -> any OrchestratorSession

    /// Whether an orchestration of that name can run here.
    func runs(_ name: String) -> Bool
}

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

/// An external event that nobody has taken yet.
package struct RaisedEvent: Sendable, Hashable {
    package var name: String
    package var input: Payload

    package init(name: String, input: Payload) {
        self.name = name
        self.input = input
    }
}
