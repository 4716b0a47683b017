/// One execution of an orchestrator held in memory: rebuilt from its history, then given new events.
///
/// This is the boundary between the host and the code that runs orchestrators. The one implementation runs them in this
/// process; a remote worker that answers "these events" with "these actions" can take its place.
///
/// A session is used by one caller at a time and never from two threads at once.
package protocol OrchestratorSession: AnyObject, Sendable {
    /// Applies one episode's events in order and returns the outcome.
    ///
    /// - Parameter events: `orchestratorStarted` first, then the events since the last episode. The caller records
    ///   exactly these events, followed by the actions' recorded events, as the episode's history.
    func advance(_ events: [HistoryEvent]) -> EpisodeOutcome

    /// Answers a query of the orchestrator's state, between two episodes. Changes and records nothing.
    ///
    /// - Returns: `nil` if this session cannot be asked.
    func answer(_ question: StateQuestion) -> StateAnswer?

    /// Unwinds the orchestrator's frames and releases all resources. Records nothing. Later calls are a programming
    /// error in Warren.
    func evict()
}

extension OrchestratorSession {
    /// Answers nothing: an executor that takes no queries needs no code for them.
    package func answer(_ question: StateQuestion) -> StateAnswer? { nil }
}
