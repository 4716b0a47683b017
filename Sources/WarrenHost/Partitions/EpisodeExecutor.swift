import Warren
import WarrenPartition

/// Runs orchestrators: these events, so which actions?
protocol EpisodeExecutor: OrchestrationCatalog {
    /// Runs an episode.
    ///
    /// - Returns: what came of it, and the orchestrator as it is in memory now.
    func run(_ request: EpisodeRequest) -> (outcome: EpisodeOutcome, session: any OrchestratorSession)
}

/// Runs the orchestrators of this process.
final class LocalEpisodeExecutor: EpisodeExecutor {
    private let runner: any OrchestratorRunner
    private let functions: FunctionRegistry

    init(_ runner: any OrchestratorRunner, functions: FunctionRegistry) {
        self.runner = runner
        self.functions = functions
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    var orchestrationNames: [String] { functions.orchestrationNames }

    func run(_ request: EpisodeRequest) -> (outcome: EpisodeOutcome, session: any OrchestratorSession) {
        let session = request.session ?? runner.session(replaying: request.history)
        return (session.advance(request.events), session)
    }
}
