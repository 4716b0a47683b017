import Warren

/// Runs orchestrators, and forgets the runs of schedules that it has to replay: they count their runs, and none begins.
final class SimForgetfulSchedules: OrchestratorRunner {
    private let runner: any OrchestratorRunner

    init(_ runner: any OrchestratorRunner) { self.runner = runner }

    func session(replaying history: [HistoryEvent]) -> any OrchestratorSession {
        let session = runner.session(replaying: history)
        return history.isEmpty ? session : Forgetful(session)
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    private final class Forgetful: OrchestratorSession {
        private let session: any OrchestratorSession

        init(_ session: any OrchestratorSession) { self.session = session }

        func advance(_ events: [HistoryEvent]) -> EpisodeOutcome {
            var outcome = session.advance(events)
            outcome.actions.removeAll { action in
                guard case .startOrchestration(_, _, let instanceID, _, _, _) = action else { return false }
                return instanceID.contains(":2")
            }
            return outcome
        }

        func evict() { session.evict() }
    }
}
