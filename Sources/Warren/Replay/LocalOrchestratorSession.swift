import Logging
import WarrenSupport

/// One execution held in memory by this process.
///
/// `@unchecked Sendable`: used by one caller at a time (see `OrchestratorSession`); the core checks it.
final class LocalOrchestratorSession: OrchestratorSession, @unchecked Sendable {
    private let runner: LocalOrchestratorRunner
    private var core: OrchestratorCore?
    /// The clock, and the events that arrived, before the execution began.
    private var now = Timestamp(microseconds: 0)
    private var early: [HistoryEvent] = []
    /// Whether the execution was suspended before it began, and what it begins with when it is resumed.
    private var isHeldBack = false
    private var heldStart: ExecutionStarted?
    private var isEvicted = false
    /// The number of events of the history so far.
    private var historyLength = 0

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
        if let fault = core?.fault { return outcome(of: fault) }
        checkLength()
        var left = driven(events) { core, events in core.process(events) }
        guard let core else {
            historyLength += events.count { !$0.isUpdate }
            return EpisodeOutcome()
        }
        if let fault = core.fault {
            drive(core) { core.unwind() }
            return outcome(of: fault)
        }
        var outcome = EpisodeOutcome(actions: core.actions, customStatus: core.customStatus)
        outcome.updates = core.updateOutcomes
        outcome.newUpdateNames = core.newUpdateNames
        core.updateOutcomes = []
        core.newUpdateNames = []
        core.actions = []
        core.customStatus = nil
        // A body that has returned waits for its tasks only: it does not read events any more.
        switch core.body {
        case .waiting, .running: outcome.eventWaits = core.pendingEvents.takeChangedWaits()
        case .returned, .threw, .continuing, .faulted: outcome.eventWaits = EventWaits()
        }
        switch core.body {
        case .waiting, .running, .faulted: break
        case .returned(let output):
            if core.open.isEmpty { outcome.completion = .completed(output) } else { outcome.bodyEnd = .completed }
        case .threw(let failure):
            if core.open.isEmpty { outcome.completion = .failed(failure) } else { outcome.bodyEnd = .failed }
        case .continuing:
            guard let next = core.continuation else { break }
            // The answer of an entity was for this generation.
            left.removeAll { event in
                guard case .eventRaised(let name, let input, _) = event else { return true }
                return EntityAnswer(eventName: name, input) != nil
            }
            let later = left.compactMap { event in
                if case .eventRaised(let name, let input, let trace) = event {
                    RaisedEvent(name: name, input: input, trace: trace)
                } else {
                    nil
                }
            }
            let kept = next.keepingEvents ? core.pendingEvents.unprocessed : []
            outcome.completion = .continuedAsNew(next.input, unprocessedEvents: kept + later)
            outcome.nextVersion = next.version
        }
        historyLength += outcome.recorded(of: events).count
        for action in outcome.actions where action.isRecorded { historyLength += 1 }
        return outcome
    }

    func answer(_ question: StateQuestion) -> StateAnswer? {
        // trap: a processor forgets a session when it evicts it.
        precondition(!isEvicted, "An evicted orchestrator session was used.")
        guard let core else { return .impossible(reason: "The orchestrator has not begun.") }
        return drive(core) { core.answer(question) }
    }

    private func outcome(of fault: FailureDetails) -> EpisodeOutcome {
        var outcome = EpisodeOutcome(completion: .failed(fault))
        outcome.isNonDeterminism = fault.type == FailureDetails.FaultType.nonDeterminism
        return outcome
    }

    /// Fails an execution with a history that is too long, and warns once of one that is long.
    private func checkLength() {
        guard let core, historyLength >= OrchestratorCore.suggestedHistory, case .running = core.body else { return }
        if historyLength >= runner.historyLimit {
            core.historyLength = historyLength
            core.fail(.historyTooLong(core, limit: runner.historyLimit))
        } else if core.historyLength < OrchestratorCore.suggestedHistory {
            runner.logger.warning(
                "An orchestrator's history is long, and every replay reads all of it: let it continue as new",
                metadata: [
                    LogKey.instance: "\(core.started.instanceID)", LogKey.orchestration: "\(core.started.name)",
                ])
        }
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
    ///
    /// - Parameter goesOn: Tested before every episode.
    /// - Returns: Whether the replay came to its end.
    @discardableResult
    func replay(_ history: [HistoryEvent], while goesOn: () -> Bool = { true }) -> Bool {
        guard !history.isEmpty else { return true }
        var start = 0
        // The memory of both serves all episodes.
        var happened: [HistoryEvent] = []
        var asked: [HistoryEvent] = []
        while start < history.count, core?.isInert != true {
            guard goesOn() else { return false }
            happened.removeAll(keepingCapacity: true)
            asked.removeAll(keepingCapacity: true)
            var hasMarks = false
            // 1. Takes the events of the episode, up to the beginning of the next one.
            // 2. Separates events from actions.
            var end = start
            repeat {
                if history[end].actionID != nil {
                    asked.append(history[end])
                } else if history[end].isMark {
                    hasMarks = true
                } else {
                    happened.append(history[end])
                }
                end += 1
            } while end < history.count && !history[end].beginsEpisode
            let episode = start..<end
            start = end
            // 3. Runs the episode again.
            _ = driven(
                happened,
                before: { core in
                    core.isReplaying = true
                    core.patches.record(hasMarks ? history[episode] : [])
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
                if !core.isInert, let patch = core.patches.missing { core.fail(.missingPatch(core, patch)) }
                return left
            }
            historyLength += episode.count
            // Unwinds the code at once after a fault, so that it does not continue in a state that no history
            // describes.
            if let core, core.isInert { drive(core) { core.unwind() } }
        }
        core?.isReplaying = false
        core?.recorded = []
        return true
    }

    // MARK: Driving

    /// Applies events; creates the core when the execution begins.
    private func driven(
        _ events: [HistoryEvent], before: (OrchestratorCore) -> Void = { _ in },
        _ process: (OrchestratorCore, [HistoryEvent]) -> [HistoryEvent]
    ) -> [HistoryEvent] {
        if let core {
            core.historyLength = historyLength
            return drive(core) {
                before(core)
                return process(core, events)
            }
        }
        var rest: [HistoryEvent] = []
        var started: OrchestratorCore?
        for event in events {
            if started != nil { rest.append(event) } else { started = begun(by: event) }
        }
        guard let started else { return [] }
        core = started
        started.historyLength = historyLength
        let facts = started.started
        let orchestrator = runner.functions.orchestrator(facts.name, version: facts.version)
        let earlier = early
        early = []
        return drive(started) {
            before(started)
            if started.isInert { return [] }
            if let orchestrator {
                started.begin(orchestrator)
                started.drain()
                if started.handlers != nil { started.settleConditions() }
                started.checkForStrangers()
            } else {
                let versions = runner.functions.versions(of: facts.name)
                started.fail(
                    versions.isEmpty
                        ? .notRegistered(started, known: runner.functions.orchestrationNames)
                        : .notRegistered(started, versions: versions))
            }
            return process(started, earlier + rest)
        }
    }

    /// Takes an event before the execution has begun.
    ///
    /// - Returns: the execution, if it begins with the event.
    private func begun(by event: HistoryEvent) -> OrchestratorCore? {
        switch event {
        case .orchestratorStarted(let time): now = time
        case .executionStarted(let facts):
            guard isHeldBack else { return OrchestratorCore(started: facts, now: now, runner: runner) }
            heldStart = facts
        // Suspended twice, for its version at both times or by an operator as well, it begins with the first resume all the
        // same: the suspension must not be applied again once the execution has begun.
        case .executionSuspended: isHeldBack = true
        case .executionResumed where isHeldBack:
            isHeldBack = false
            return heldStart.map { OrchestratorCore(started: $0, now: now, runner: runner) }
        // Its caller does not wait for a resume.
        case .updateAccepted where isHeldBack: break
        default: early.append(event)
        }
        return nil
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
        case .taskScheduled(let id, _, _, _), .subOrchestrationCreated(let id, _, _, _, _), .timerCreated(let id, _),
            .eventSent(let id, _, _, _), .orchestrationStarted(let id, _, _, _, _, _):
            id
        case .orchestratorStarted, .executionStarted, .patchMarked, .updateAccepted, .updateCompleted, .tagSet,
            .taskCompleted, .taskFailed, .taskCanceled, .taskHeartbeat, .subOrchestrationCompleted,
            .subOrchestrationFailed, .timerFired, .eventRaised, .executionSuspended, .executionResumed,
            .executionTerminated, .executionRewound, .continuedAsNew, .executionCompleted:
            nil
        }
    }

    fileprivate var beginsEpisode: Bool { if case .orchestratorStarted = self { true } else { false } }

    /// Whether it records what the code did without a number, rather than something that happened to it.
    fileprivate var isMark: Bool {
        switch self {
        case .patchMarked, .updateCompleted, .tagSet: true
        default: false
        }
    }
}
