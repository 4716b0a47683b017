import Warren

/// Runs orchestrators, and reports each episode: the events of the execution so far, and the outcome.
final class SimWatchedRunner: OrchestratorRunner {
    typealias Watch = @Sendable (_ execution: ExecutionStarted, _ events: [HistoryEvent], EpisodeOutcome) -> Void

    private let runner: any OrchestratorRunner
    private let ran: Watch

    /// - Parameter ran: called after each episode with all events of the generation, as far as the code sees them.
    init(_ runner: any OrchestratorRunner, ran: @escaping Watch) {
        self.runner = runner
        self.ran = ran
    }

    func session(replaying history: [HistoryEvent]) -> any OrchestratorSession {
        Session(runner.session(replaying: history), history, ran)
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    /// `@unchecked Sendable`: a session is used by one caller at a time.
    private final class Session: OrchestratorSession, @unchecked Sendable {
        private let session: any OrchestratorSession
        private let ran: Watch
        private var events: [HistoryEvent]

        init(_ session: any OrchestratorSession, _ history: [HistoryEvent], _ ran: @escaping Watch) {
            self.session = session
            self.ran = ran
            events = history
        }

        func advance(_ events: [HistoryEvent]) -> EpisodeOutcome {
            self.events += events
            let outcome = session.advance(events)
            for case .executionStarted(let facts) in self.events {
                ran(facts, self.events, outcome)
                break
            }
            return outcome
        }

        func answer(_ question: StateQuestion) -> StateAnswer? { session.answer(question) }

        func evict() { session.evict() }
    }
}
