/// Creates sessions.
package protocol OrchestratorRunner: Sendable {
    /// Rebuilds an execution by replaying its history; an empty history is a new execution.
    ///
    /// Never throws for a fault of user code: if a history does not match the code, or its orchestrator is not
    /// registered, the next `advance` of the session reports the failure.
    func session(replaying history: [HistoryEvent]) -> any OrchestratorSession

    /// Whether an orchestration of that name can run here.
    func runs(_ name: String) -> Bool
}
