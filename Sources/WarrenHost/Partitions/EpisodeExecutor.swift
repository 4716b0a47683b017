import Warren
import WarrenPartition
import WarrenStorage

/// Runs orchestrators: given these events, which actions do they take?
protocol EpisodeExecutor: OrchestrationCatalog {
    /// Runs an episode.
    ///
    /// - Parameter answer: takes the outcome if it is known later: once, on any thread. An outcome that arrives too
    ///   late, or twice, is dropped.
    /// - Returns: the outcome, and the orchestrator as it is in memory now; `nil` if `answer` gets it later. Never
    ///   `nil` for an orchestration that ``isInline(_:)``.
    /// - Throws: `StorageError` while the payload folder cannot be used.
    func run(
        _ request: EpisodeRequest, _ answer: @escaping @Sendable (EpisodeEnd) -> Void
    ) throws(StorageError) -> EpisodeEnd?

    /// Cancels an episode: its outcome is not needed any more.
    func cancel(_ ticket: EpisodeTicket)
}

/// Runs the orchestrators of this process.
final class LocalEpisodeExecutor: EpisodeExecutor {
    private let runner: any OrchestratorRunner
    private let functions: FunctionRegistry
    private let versions: VersionRules
    private let onNonDeterminism: OnNonDeterminism
    let activityNames: [String]
    /// Exchanges large payloads for references, in a hub that has a payload folder.
    private let payloads: EpisodePayloads?

    init(_ setup: PartitionSetup) {
        runner = setup.runner
        functions = setup.functions
        versions = VersionRules(setup.configuration.orchestrations)
        onNonDeterminism = setup.configuration.orchestrations.onNonDeterminism
        activityNames = setup.servedActivities
        payloads = setup.payloads
    }

    func runs(_ name: String) -> Bool { runner.runs(name) }

    var orchestrationNames: [String] { functions.orchestrationNames }

    func isInline(_ name: String) -> Bool { true }

    func admission(of name: String, version asked: String?) -> (version: String?, verdict: VersionVerdict) {
        if functions.isBuiltIn(orchestration: name) { return (nil, .runs) }
        let registered = functions.versions(of: name)
        let version = versions.version(asked: asked, registered: registered)
        return (version, versions.verdict(on: name, version, registered: registered))
    }

    func verdict(on name: String, _ version: String?) -> VersionVerdict {
        if functions.isBuiltIn(orchestration: name) { return .runs }
        return versions.verdict(on: name, version, registered: functions.versions(of: name))
    }

    func parksNonDeterminism(of name: String, _ version: String?) -> Bool {
        (functions.onNonDeterminism(name, version: version) ?? onNonDeterminism) == .park
    }

    func runsEntity(_ name: String) -> Bool { functions.entity(name) != nil }

    var entityNames: [String] { functions.entityNames }

    func run(
        _ request: EpisodeRequest, _ answer: @escaping @Sendable (EpisodeEnd) -> Void
    ) throws(StorageError) -> EpisodeEnd? {
        guard let payloads else {
            let session = request.session ?? runner.session(replaying: request.history)
            return EpisodeEnd(ticket: request.ticket, outcome: session.advance(request.events), session: session)
        }
        let id = request.instanceID
        let session: any OrchestratorSession
        if let warm = request.session {
            session = warm
        } else {
            session = runner.session(replaying: try payloads.claim(request.history, of: id))
        }
        var outcome = session.advance(try payloads.claim(request.events, of: id))
        try payloads.checkIn(&outcome, of: request)
        return EpisodeEnd(ticket: request.ticket, outcome: outcome, session: session)
    }

    func cancel(_ ticket: EpisodeTicket) {}

    func follows(_ history: [HistoryEvent], name: String, version: String?) -> Bool {
        guard case .runs = verdict(on: name, version) else { return false }
        var history = history
        for case .executionStarted(let start) in history.prefix(2) {
            do throws(StorageError) {
                history = try payloads?.claim(history, of: start.instanceID) ?? history
            } catch {
                return false
            }
        }
        let session = runner.session(replaying: history)
        defer { session.evict() }
        return !session.advance([]).hasFault
    }
}
