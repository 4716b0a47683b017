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
