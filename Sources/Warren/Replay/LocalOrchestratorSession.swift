/// One execution held in memory by this process.
///
/// `@unchecked Sendable`: used by one caller at a time (see `OrchestratorSession`); the core checks it.
final class LocalOrchestratorSession: OrchestratorSession, @unchecked Sendable {
    private let runner: LocalOrchestratorRunner
    private var core: OrchestratorCore?
    /// The clock, and the events that arrived, before the execution began.
    private var now = Timestamp(microseconds: 0)
    private var early: [HistoryEvent] = []
    private var isEvicted = false

    init(runner: LocalOrchestratorRunner) {
        self.runner = runner
    }

    deinit {
        // A session that was released without `evict` must not leave its suspended frames behind.
        evict()
    }

    func advance(_ events: [HistoryEvent]) -> EpisodeOutcome {
        // trap: a processor forgets a session when it evicts it.
        precondition(!isEvicted, "An evicted orchestrator session was used.")
        if let fault = core?.fault { return EpisodeOutcome(completion: .failed(fault)) }
        var left = driven(events) { core, events in core.process(events) }
        guard let core else { return EpisodeOutcome() }
        if let fault = core.fault {
            drive(core) { core.unwind() }
            return EpisodeOutcome(completion: .failed(fault))
        }
        var outcome = EpisodeOutcome(actions: core.actions, customStatus: core.customStatus)
        core.actions = []
        core.customStatus = nil
        // A body that has returned waits for its tasks only: it does not read events any more.
        switch core.body {
        case .waiting, .running: outcome.eventWaits = core.pendingEvents.takeChangedWaits()
        case .returned, .threw, .continuing, .faulted: outcome.eventWaits = EventWaits()
        }
        switch core.body {
        case .waiting, .running, .faulted: break
        case .returned(let output): outcome.completion = core.open.isEmpty ? .completed(output) : nil
        case .threw(let failure): outcome.completion = core.open.isEmpty ? .failed(failure) : nil
        case .continuing:
            guard let next = core.continuation else { break }
            left.removeAll { if case .eventRaised = $0 { false } else { true } }
            let later = left.compactMap { event in
                if case .eventRaised(let name, let input) = event { RaisedEvent(name: name, input: input) } else { nil }
            }
            let kept = next.keepingEvents ? core.pendingEvents.unprocessed : []
            outcome.completion = .continuedAsNew(next.input, unprocessedEvents: kept + later)
        }
        return outcome
    }

    func evict() {
        guard !isEvicted else { return }
        isEvicted = true
        guard let core else { return }
        self.core = nil
        drive(core) { core.unwind() }
    }

    // MARK: Replaying

    /// Rebuilds the execution: every episode's events are applied as they were recorded, and the recorded actions of
    /// the episode are those that the code must take meanwhile.
    func replay(_ history: [HistoryEvent]) {
        guard !history.isEmpty else { return }
        var start = 0
        while start < history.count, core?.isInert != true {
            // 1. Finds the episode: up to the beginning of the next one.
            var end = start + 1
            while end < history.count {
                if case .orchestratorStarted = history[end] { break }
                end += 1
            }
            let episode = history[start..<end]
            start = end
            // 2. Separates events from actions.
            let happened = episode.filter { $0.actionID == nil }
            let asked = episode.filter { $0.actionID != nil }
            // 3. Runs the episode again.
            _ = driven(
                happened,
                before: { core in
                    core.isReplaying = true
                    for event in asked {
                        if event.actionID != core.recorded.count {
                            core.fail(.corruptHistory("Action #\(core.recorded.count) is missing in the history."))
                        }
                        core.recorded.append(event)
                    }
                }
            ) { core, events in
                let left = core.process(events)
                // 4. Checks that no recorded action is missing.
                if !core.isInert, core.nextID < core.recorded.count { core.fail(.missingAction(core)) }
                return left
            }
            // Unwinds the code at once after a fault, so that it does not continue in a state that no history
            // describes.
            if let core, core.isInert { drive(core) { core.unwind() } }
        }
        core?.isReplaying = false
        core?.recorded = []
    }

    // MARK: Driving

    /// Applies events; creates the core when the execution begins.
    private func driven(
        _ events: [HistoryEvent], before: (OrchestratorCore) -> Void = { _ in },
        _ process: (OrchestratorCore, [HistoryEvent]) -> [HistoryEvent]
    ) -> [HistoryEvent] {
        if let core {
            return drive(core) {
                before(core)
                return process(core, events)
            }
        }
        var rest: [HistoryEvent] = []
        var started: OrchestratorCore?
        for event in events {
            if started != nil {
                rest.append(event)
            } else if case .executionStarted(let facts) = event {
                started = OrchestratorCore(started: facts, now: now, runner: runner)
            } else if case .orchestratorStarted(let time) = event {
                now = time
            } else {
                early.append(event)
            }
        }
        guard let started else { return [] }
        core = started
        let body = runner.functions.orchestrator(started.started.name)
        let earlier = early
        early = []
        return drive(started) {
            before(started)
            if started.isInert { return [] }
            if let body {
                started.begin(body)
                started.drain()
                started.checkForStrangers()
            } else {
                started.fail(.notRegistered(started, known: runner.functions.orchestrationNames))
            }
            return process(started, earlier + rest)
        }
    }

    private func drive<Result>(_ core: OrchestratorCore, _ body: () -> Result) -> Result {
        let queue = runner.queues.take()
        defer { runner.queues.give(queue) }
        return core.drive(with: queue, body)
    }
}

extension HistoryEvent {
    /// The number of the action that this event records; `nil` if it records something else.
    package var actionID: Int? {
        switch self {
        case .taskScheduled(let id, _, _, _), .subOrchestrationCreated(let id, _, _, _), .timerCreated(let id, _),
            .eventSent(let id, _, _, _), .orchestrationStarted(let id, _, _, _, _):
            id
        case .orchestratorStarted, .executionStarted, .taskCompleted, .taskFailed, .taskCanceled, .taskHeartbeat,
            .subOrchestrationCompleted, .subOrchestrationFailed, .timerFired, .eventRaised, .executionSuspended,
            .executionResumed,
            .executionTerminated, .continuedAsNew, .executionCompleted:
            nil
        }
    }
}
