import Logging

@testable import Warren

/// A host of one orchestration in a few lines: runs activities and sub-orchestrations at once, fires timers by moving
/// its clock, and keeps the history as the real one does.
///
/// Nothing here waits: the work that an orchestrator asks for is answered from closures, in the order chosen by
/// `pick`. With `evicting`, the session is thrown away after each episode and rebuilt from the encoded history.
final class ScriptedHost {
    enum Mode: CaseIterable, Sendable {
        case warm, evicting
    }

    /// What is to be delivered next.
    enum Delivery {
        case event(HistoryEvent)
        case timer(id: Int, fireAt: Timestamp)
    }

    enum Answer {
        case value(JSONValue)
        case failure(FailureDetails)
    }

    let runner: LocalOrchestratorRunner
    let mode: Mode
    var now = Timestamp(microseconds: 1_700_000_000_000_000)
    var history: [HistoryEvent] = []
    var pending: [Delivery] = []
    var trace: [String] = []
    var status: Payload?
    /// The events that the execution waits for, as the last episode that said so left them.
    var eventWaits = EventWaits()
    var completion: EpisodeOutcome.Completion?
    var started: ExecutionStarted
    /// Answers for activities; `nil` leaves them open.
    var activities: [String: @Sendable (JSONValue) -> Answer?] = [:]
    var children: [String: @Sendable (JSONValue) -> Answer?] = [:]
    private var session: (any OrchestratorSession)?

    init(
        _ functions: FunctionRegistry, _ name: String, _ input: JSONValue = .null, mode: Mode = .warm,
        instanceID: String = "instance-1", executionID: String = "execution-1", parent: ParentInstance? = nil,
        logger: Logger = Logger(label: "test")
    ) {
        runner = LocalOrchestratorRunner(functions: functions, logger: logger)
        self.mode = mode
        started = ExecutionStarted(
            name: name, instanceID: instanceID, executionID: executionID, input: Payload(input), parent: parent)
    }

    deinit { session?.evict() }

    var failure: FailureDetails? { if case .failed(let failure) = completion { failure } else { nil } }
    var output: String? { if case .completed(let output) = completion { output.json } else { nil } }
    var actions: [HistoryEvent] { history.filter { $0.actionID != nil } }

    /// Begins the execution, with events that are there already.
    @discardableResult
    func start(_ more: [HistoryEvent] = []) -> EpisodeOutcome {
        episode([.executionStarted(started)] + more)
    }

    /// One episode of these events.
    @discardableResult
    func episode(_ events: [HistoryEvent], after pause: Duration = .seconds(1)) -> EpisodeOutcome {
        now = now.advanced(by: pause)
        let batch = [.orchestratorStarted(now)] + events
        let session = session ?? runner.session(replaying: stored())
        self.session = session
        let outcome = session.advance(batch)
        record(batch, outcome)
        if mode == .evicting || completion != nil {
            session.evict()
            self.session = nil
        }
        return outcome
    }

    @discardableResult
    func raise(_ name: String, _ input: JSONValue = .null) -> EpisodeOutcome {
        episode([.eventRaised(name: name, input: Payload(input))])
    }

    /// Sends an update in an episode of its own.
    ///
    /// - Returns: What became of it; `nil` if the code did not come to it.
    @discardableResult
    func update(_ name: String, _ input: JSONValue = .null, id: String = "u1") -> UpdateOutcome.Result? {
        episode([.updateAccepted(id: id, name: name, input: Payload(input))]).updates.first { $0.id == id }?.result
    }

    /// Asks the orchestrator in memory if there is one, else a replay of the history.
    func ask(_ name: String, _ input: JSONValue = .null) -> StateAnswer? {
        let question = StateQuestion(name: name, input: Payload(input))
        if let session { return session.answer(question) }
        return runner.answer(question, replaying: stored()) { true }
    }

    /// Delivers what is pending, one or several at a time, until the execution ends or nothing is left.
    ///
    /// - Parameter pick: Which of so many deliveries is next; the oldest by default. Timers come when nothing else is
    ///   left, the earliest first.
    func run(batch: (Int) -> Int = { _ in 1 }, pick: (Int) -> Int = { _ in 0 }) {
        if history.isEmpty { start() }
        while completion == nil, !pending.isEmpty { deliver(batch: max(1, batch(pending.count)), pick: pick) }
    }

    /// Delivers some of what is pending in one episode.
    func deliver(batch size: Int, pick: (Int) -> Int) {
        var events: [HistoryEvent] = []
        while events.count < size, let event = next(pick) { events.append(event) }
        episode(events)
    }

    private func next(_ pick: (Int) -> Int) -> HistoryEvent? {
        let ready = pending.indices.filter { if case .event = pending[$0] { true } else { false } }
        if !ready.isEmpty {
            guard case .event(let event) = pending.remove(at: ready[pick(ready.count)]) else { return nil }
            return event
        }
        let timers = pending.enumerated().compactMap { index, delivery in
            if case .timer(let id, let fireAt) = delivery { (index: index, id: id, fireAt: fireAt) } else { nil }
        }
        guard let first = timers.min(by: { ($0.fireAt, $0.id) < ($1.fireAt, $1.id) }) else { return nil }
        pending.remove(at: first.index)
        now = max(now, first.fireAt)
        return .timerFired(id: first.id)
    }

    private func stored() -> [HistoryEvent] {
        guard !history.isEmpty, let decoded = try? HistoryCodec.decode(HistoryCodec.encode(history)) else { return [] }
        return decoded
    }

    private func record(_ batch: [HistoryEvent], _ outcome: EpisodeOutcome) {
        history += outcome.recorded(of: batch) + outcome.actions.compactMap(\.recordedEvent)
        for action in outcome.actions { carryOut(action) }
        if let status = outcome.customStatus {
            self.status = status
            trace.append("status \(status)")
        }
        if let waits = outcome.eventWaits { eventWaits = waits }
        trace.append("waits \(String(decoding: eventWaits.encoded, as: UTF8.self))")
        completion = outcome.completion
        trace.append("episode \(outcome.completion.map { "\($0)" } ?? "-")")
    }

    private func carryOut(_ action: OrchestratorAction) {
        trace.append("\(action)")
        switch action {
        case .scheduleTask(let id, let name, let input, _):
            switch activities[name]?((try? JSONValue(input)) ?? .null) {
            case .value(let value): pending.append(.event(.taskCompleted(id: id, result: Payload(value))))
            case .failure(let failure): pending.append(.event(.taskFailed(id: id, failure: failure)))
            case nil: break
            }
        case .createSubOrchestration(let id, let name, _, let input, _):
            switch children[name]?((try? JSONValue(input)) ?? .null) {
            case .value(let value):
                pending.append(.event(.subOrchestrationCompleted(id: id, result: Payload(value))))
            case .failure(let failure): pending.append(.event(.subOrchestrationFailed(id: id, failure: failure)))
            case nil: break
            }
        case .createTimer(let id, let fireAt, _): pending.append(.timer(id: id, fireAt: fireAt))
        case .cancelTask(let cancelled):
            pending.removeAll { delivery in
                switch delivery {
                case .event(.taskCompleted(cancelled, _)), .event(.taskFailed(cancelled, _)): true
                default: false
                }
            }
        case .cancelTimer(let cancelled):
            pending.removeAll { if case .timer(cancelled, _) = $0 { true } else { false } }
        case .sendEvent, .startOrchestration, .printLine, .setAsideEvent, .markPatch, .setTag: break
        }
    }
}
