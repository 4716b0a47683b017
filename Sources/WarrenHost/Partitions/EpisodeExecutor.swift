import Warren
import WarrenPartition

/// Runs orchestrators: given these events, which actions do they take?
protocol EpisodeExecutor: OrchestrationCatalog {
    /// Runs an episode.
    ///
    /// - Parameter answer: takes the outcome if it is known later: once, on any thread. An outcome that arrives too
    ///   late, or twice, is dropped.
    /// - Returns: the outcome, and the orchestrator as it is in memory now; `nil` if `answer` gets it later. Never
    ///   `nil` for an orchestration that ``isInline(_:)``.
    func run(
        _ request: EpisodeRequest, _ answer: @escaping @Sendable (EpisodeEnd) -> Void
    ) -> EpisodeEnd?

    /// Cancels an episode: its outcome is not needed any more.
    func cancel(_ ticket: EpisodeTicket)
}

/// Runs the orchestrators of this process.
final class LocalEpisodeExecutor: EpisodeExecutor {
    private let runner: any OrchestratorRunner
    private let functions: FunctionRegistry
    let activityNames: [String]

    init(_ setup: PartitionSetup) {
        runner = setup.runner
        functions = setup.functions
        activityNames = setup.servedActivities
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    var orchestrationNames: [String] { functions.orchestrationNames }

    func isInline(_ name: String) -> Bool { true }

    func run(
        _ request: EpisodeRequest, _ answer: @escaping @Sendable (EpisodeEnd) -> Void
    ) -> EpisodeEnd? {
        let session = request.session ?? runner.session(replaying: request.history)
        return EpisodeEnd(ticket: request.ticket, outcome: session.advance(request.events), session: session)
    }

    func cancel(_ ticket: EpisodeTicket) {}
}
