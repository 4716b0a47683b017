/// Creates sessions.
package protocol OrchestratorRunner: Sendable {
    /// Rebuilds an execution by replaying its history; an empty history is a new execution.
    ///
    /// Never throws for a fault of user code: if a history does not match the code, or its orchestrator is not
    /// registered, the next `advance` of the session reports the failure.
    func session(replaying history: [HistoryEvent]) -> any OrchestratorSession

    /// Answers a query of an execution that is not in memory, by replaying its history.
    ///
    /// - Parameter goesOn: Tested before every episode of the history; the replay ends when it is false.
    func answer(_ question: StateQuestion, replaying history: [HistoryEvent], while goesOn: () -> Bool) -> StateAnswer

    /// Whether an orchestration of that name can run here.
    func runs(_ name: String) -> Bool
}

extension OrchestratorRunner {
    /// Answers nothing: a runner that takes no queries needs no code for them.
    package func answer(
        _ question: StateQuestion, replaying history: [HistoryEvent], while goesOn: () -> Bool
    ) -> StateAnswer {
        .impossible(reason: "The executor of this orchestration takes no queries.")
    }
}
