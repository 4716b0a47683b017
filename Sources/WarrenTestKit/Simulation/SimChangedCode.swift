import Warren

/// Runs orchestrators as a version of the code that does not agree with the history of any instance under way: new
/// instances run, and a replay of others is a disagreement.
final class SimChangedCode: OrchestratorRunner {
    private let runner: any OrchestratorRunner
    private let isChanged: @Sendable () -> Bool

    /// - Parameter isChanged: whether the code is that version at present.
    init(_ runner: any OrchestratorRunner, isChanged: @escaping @Sendable () -> Bool) {
        self.runner = runner
        self.isChanged = isChanged
    }

    func session(replaying history: [HistoryEvent]) -> any OrchestratorSession {
        history.isEmpty || !isChanged() ? runner.session(replaying: history) : Disagreement()
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    private final class Disagreement: OrchestratorSession {
        func advance(_ events: [HistoryEvent]) -> EpisodeOutcome {
            var outcome = EpisodeOutcome(
                completion: .failed(
                    FailureDetails(
                        type: FailureDetails.FaultType.nonDeterminism, message: "the code was changed",
                        isNonRetriable: true)))
            outcome.isNonDeterminism = true
            return outcome
        }

        func evict() {}
    }
}
