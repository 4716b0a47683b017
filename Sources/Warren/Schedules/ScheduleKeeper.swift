import WarrenSupport

/// The orchestrations that keep schedules. Every host that runs orchestrators has them.
package enum ScheduleKeeper {
    /// Keeps one schedule: each generation waits for the next due time or a command, acts, and continues as new, so that
    /// its history stays short. The due time is computed by the generation before: data of time zones may be other in
    /// the next version of a host, and a replay has to ask for the same again.
    package static let keep = Orchestration<ScheduleState, ScheduleState>("BuiltIn::Schedule")
    /// Runs what is due once, and reports its end to the schedule.
    static let watch = Orchestration<ScheduledRun, Void>("BuiltIn::ScheduledRun")

    /// The event by which a schedule is steered, and hears of ends.
    package static let commandEvent = "command"
    static let command = ExternalEvent<Payload>(commandEvent)
    private static let forget = ExternalEvent<Void>("BuiltIn::forget")
    /// Sent by an orchestrator, it terminates the instance that it is sent to; see `EpisodeActions`.
    package static let terminateEvent = "BuiltIn::terminate"
    private static let terminate = ExternalEvent<String>(terminateEvent)

    private static let prefix = "schedule:"

    /// The ID of the instance that keeps a schedule.
    package static func instanceID(of schedule: String) -> String { prefix + schedule }

    /// The schedule that an instance keeps.
    package static func schedule(of instanceID: String) -> String? {
        instanceID.hasPrefix(prefix) ? String(instanceID.dropFirst(prefix.count)) : nil
    }

    /// The beginning of the IDs of a schedule's runs.
    package static func runPrefix(of schedule: String) -> String { "\(schedule):" }

    /// Whether an instance's ID is that of a run of a schedule: the time at which it was due, or the number of a trigger,
    /// follows the schedule's ID.
    ///
    /// An instance that keeps a schedule begins with `schedule:`, which is also how runs of a schedule `schedule` begin.
    package static func isRun(_ instanceID: String, of schedule: String) -> Bool {
        let prefix = runPrefix(of: schedule)
        guard instanceID.hasPrefix(prefix) else { return false }
        let rest = instanceID.dropFirst(prefix.count)
        if rest.hasPrefix(ScheduleState.triggeredPrefix) {
            let number = rest.dropFirst(ScheduleState.triggeredPrefix.count)
            return !number.isEmpty && number.allSatisfy { ("0"..."9").contains($0) }
        }
        return ScheduleState.isCompactTime(rest)
    }

    /// The fault of a schedule's ID; `nil` if it has none. Runs have IDs that begin with it.
    package static func problem(id: String) -> String? {
        guard (1...64).contains(id.utf8.count), !id.contains(":") else {
            return "'\(id.prefix(80))' cannot be the ID of a schedule: it has 1 to 64 bytes and no ':'."
        }
        return NameRules.problem(instanceID: id)
    }

    static func register(in registry: FunctionRegistry) {
        registry.register(keep) { context, state in try await keep(context, state) }
        registry.register(watch) { context, run in try await watch(context, run) }
    }

    // MARK: Keeping

    private static func keep(_ context: BodyContext<ScheduleState>, _ given: ScheduleState) async throws
        -> ScheduleState
    {
        var state = given
        guard let id = schedule(of: context.instanceID), problem(id: id) == nil else {
            throw invalid("it was started as '\(context.instanceID)'; its instance ID is '\(prefix)' and its own ID")
        }
        // Anyone may publish a start, and one that looks like a later generation.
        if let problem = NameRules.problem(name: state.schedule.orchestration) { throw invalid(problem) }
        let runs = state.running + (state.queued.map { [$0] } ?? [])
        guard runs.allSatisfy({ $0.hasPrefix("\(id):") }) else {
            throw invalid("it names runs of others, which it would terminate")
        }
        do {
            guard state.createdAt != nil else {
                try state.begin(context.core.now)
                try context.continueAsNew(state)
            }
            // A generation that was begun to end: its predecessor may have had open tasks.
            if state.isOver { return state }
            try context.setCustomStatus(ScheduleSummary(state))
            let command = try await next(context, state)
            let actions: [ScheduleState.Action]
            if let command {
                do {
                    actions = try state.take(command, id, context.core.now)
                } catch {
                    // An update that cannot be used leaves the schedule as it was.
                    state = given
                    state.problem = error.description
                    actions = []
                }
            } else {
                actions = try state.due(id, context.core.now)
            }
            for action in actions { try perform(action, state.schedule, context) }
            if state.isOver {
                try context.setCustomStatus(ScheduleSummary(state))
                return state
            }
        } catch let problem as ScheduleProblem {
            throw invalid(problem.description)
        }
        try context.continueAsNew(state)
    }

    /// Waits for the next command; `nil` if a due time comes first.
    private static func next(
        _ context: BodyContext<ScheduleState>, _ state: ScheduleState
    ) async throws -> ScheduleCommand? {
        let event = context.startWaiting(for: command)
        guard let due = state.next else { return ScheduleCommand(try await event.value) }
        let timer = context.startTimer(until: due.date)
        guard try await context.any(event, timer) == timer else {
            timer.cancel()
            return ScheduleCommand(try await event.value)
        }
        event.cancel()
        return nil
    }

    private static func perform(
        _ action: ScheduleState.Action, _ schedule: Schedule, _ context: BodyContext<ScheduleState>
    ) throws {
        switch action {
        case .start(let run):
            try context.startDetached(Orchestration<Payload, Payload>(schedule.orchestration), schedule.input, id: run)
        case .watch(let run):
            try context.startDetached(
                watch,
                ScheduledRun(
                    schedule: context.instanceID, run: run, orchestration: schedule.orchestration,
                    input: schedule.input), id: watcher(of: run))
        case .terminate(let run):
            try context.send(terminate, "The next run of '\(context.instanceID)' is due.", to: run)
        case .forget(let run): try context.send(forget, to: watcher(of: run))
        }
    }

    private static func watcher(of run: String) -> String { "scheduled:\(run)" }

    private static func invalid(_ reason: String) -> FailureDetails {
        FailureDetails(
            type: "InvalidSchedule", message: "The schedule cannot be kept: \(reason).", isNonRetriable: true)
    }

    // MARK: Watching

    /// The failures of a call when its child was not started.
    private static let neverBegun: Set<String> = ["UnknownOrchestration", "InstanceExists", "RefusedStart"]

    private static func watch(_ context: BodyContext<ScheduledRun>, _ run: ScheduledRun) async throws {
        // Anyone may publish a start of it.
        if let problem = NameRules.problem(name: run.orchestration) { throw invalid(problem) }
        let child = context.start(Orchestration<Payload, Payload>(run.orchestration), run.input, id: run.run)
        let forgotten = context.startWaiting(for: forget)
        guard try await context.any(child, forgotten) == child else { return }
        forgotten.cancel()
        var failure: TaskFailure?
        do {
            _ = try await child.value
        } catch let error as TaskFailure {
            failure = error
        }
        try context.send(command, try ScheduleCommand.ended(run: run.run).payload(), to: run.schedule)
        // A run that failed says so itself; this says what became of one that never was.
        if let failure, neverBegun.contains(failure.details.type) { throw failure }
    }
}

/// The input of the instance that watches a run.
struct ScheduledRun: Sendable, Codable {
    /// The instance that keeps the schedule.
    var schedule: String
    /// The instance ID of the run.
    var run: String
    var orchestration: String
    var input: Payload
}

/// The custom status of a schedule: everything but the schedule itself, because its input may be large.
private struct ScheduleSummary: Encodable {
    let paused: Bool
    let next: String?
    let last: String?
    let lastRun: String?
    let running: Int
    let queued: String?
    let runs: Int
    let skipped: Int
    let problem: String?

    init(_ state: ScheduleState) {
        paused = state.isPaused
        next = state.next.map { ISO8601.text($0) }
        last = state.last.map { ISO8601.text($0) }
        lastRun = state.lastRun
        running = state.running.count
        queued = state.queued
        runs = state.runs
        skipped = state.skipped
        problem = state.problem
    }
}
