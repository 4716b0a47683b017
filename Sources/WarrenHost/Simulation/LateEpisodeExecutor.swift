import Warren
import WarrenPartition

/// Runs the orchestrators of this process as a remote executor would: the answer is given later, and nothing of an
/// instance is in memory between its episodes.
final class LateEpisodeExecutor: EpisodeExecutor {
    private let runner: any OrchestratorRunner
    private let functions: FunctionRegistry
    private let later: @Sendable (_ instanceID: String, _ body: @escaping @Sendable () -> Void) -> Void

    /// - Parameter later: runs a closure for an instance later, never, or twice.
    init(
        _ runner: any OrchestratorRunner, functions: FunctionRegistry,
        later: @escaping @Sendable (_ instanceID: String, _ body: @escaping @Sendable () -> Void) -> Void
    ) {
        self.runner = runner
        self.functions = functions
        self.later = later
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    func isInline(_ name: String) -> Bool { false }

    var orchestrationNames: [String] { functions.orchestrationNames }

    func runsEntity(_ name: String) -> Bool { functions.entity(name) != nil }

    var entityNames: [String] { functions.entityNames }

    var activityNames: [String] { functions.activityNames }

    func run(_ request: EpisodeRequest, _ answer: @escaping @Sendable (EpisodeEnd) -> Void) -> EpisodeEnd? {
        later(request.instanceID) { [runner] in
            let session = runner.session(replaying: request.history)
            let outcome = session.advance(request.events)
            session.evict()
            answer(EpisodeEnd(ticket: request.ticket, outcome: outcome, session: nil))
        }
        return nil
    }

    func cancel(_ ticket: EpisodeTicket) {}
}
