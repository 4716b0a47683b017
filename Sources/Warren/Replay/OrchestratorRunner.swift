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
