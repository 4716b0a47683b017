import WarrenSupport

/// What a schedule remembers from one turn to the next, and what it decides. Pure: time comes from outside.
package struct ScheduleState: Sendable, Hashable {
    /// Something that is to be done, in order.
    enum Action: Hashable {
        /// Starts a run, and does not wait for its end.
        case start(run: String)
        /// Starts a run that reports its end.
        case watch(run: String)
        case terminate(run: String)
        /// The end of a run need not be reported any more.
        case forget(run: String)
    }

    package var schedule: Schedule
    /// The time of its creation; `nil` before its first turn.
    package var createdAt: Timestamp?
    package var isPaused: Bool
    /// The next due time; `nil` while it is paused, and when there is none.
    package var next: Timestamp?
    /// The due time, or time of the trigger, of the last run.
    package var last: Timestamp?
    /// The instance ID of the last run.
    package var lastRun: String?
    /// The runs that are expected to report their end, the oldest first.
    package var running: [String] = []
    /// The run that begins when the one under way has ended.
    package var queued: String?
    /// The number of runs that were started.
    package var runs = 0
    /// The number of due times and triggers for which there was no run because one was under way.
    package var skipped = 0
    /// The number of triggers so far.
    package var triggers = 0
    /// The last command that could not be followed, and why.
    package var problem: String?
    var isDeleted = false

    /// The number of runs under way at which a due time is skipped whatever the rule.
    static let maximumRunning = 100

    package init(_ schedule: Schedule) {
        self.schedule = schedule
        isPaused = schedule.isPaused
    }

    /// Whether it has nothing to do any more.
    var isOver: Bool {
        isDeleted || createdAt != nil && !isPaused && next == nil && running.isEmpty && queued == nil
    }

    // MARK: Turns

    /// Begins: checks the schedule, and computes its first due time.
    mutating func begin(_ now: Timestamp) throws(ScheduleProblem) {
        try schedule.check()
        createdAt = now
        try plan(after: now)
    }

    /// Acts because the next due time has come, or had come when no host could act.
    mutating func due(_ id: String, _ now: Timestamp) throws(ScheduleProblem) -> [Action] {
        guard let first = next else { return [] }
        // Clocks of hosts differ: a timer may have fired a little early.
        let now = max(now, first)
        var times: [Timestamp]
        switch schedule.catchUp {
        case .all(let count): times = try latest(max(1, min(count, 100)), first, now)
        case .one: times = try latest(1, first, now)
        case .none: times = try latest(1, first, now).filter { now.duration(since: $0) <= .seconds(60) }
        }
        var actions: [Action] = []
        for time in times { actions += run("\(id):\(Self.compact(time))", at: time) }
        try plan(after: now)
        return actions
    }

    /// Follows a command. One that cannot be followed changes nothing but ``problem``.
    mutating func take(_ command: ScheduleCommand, _ id: String, _ now: Timestamp) throws(ScheduleProblem) -> [Action] {
        problem = nil
        switch command {
        case .pause:
            isPaused = true
            next = nil
        case .resume:
            guard isPaused else { return [] }
            isPaused = false
            // A run of which nobody can hear the end is not waited for without end.
            let forgotten = running
            (running, queued) = ([], nil)
            try plan(after: now)
            return forgotten.map { .forget(run: $0) }
        case .trigger:
            triggers += 1
            return run("\(id):\(Self.triggeredPrefix)\(triggers)", at: now)
        case .update(let schedule):
            try schedule.check()
            self.schedule = schedule
            try plan(after: now)
        case .delete:
            isDeleted = true
            return running.map { .forget(run: $0) }
        case .ended(let run):
            running.removeAll { $0 == run }
            guard running.isEmpty, let waiting = queued else { return [] }
            queued = nil
            return begin(waiting)
        case .unknown(let text): problem = text
        }
        return []
    }

    private mutating func plan(after now: Timestamp) throws(ScheduleProblem) {
        next = isPaused ? nil : try schedule.next(after: now, createdAt: createdAt ?? now)
    }

    private func latest(_ count: Int, _ first: Timestamp, _ now: Timestamp) throws(ScheduleProblem) -> [Timestamp] {
        try schedule.latest(count, from: first, through: now, createdAt: createdAt ?? now)
    }

    /// Begins a run by the overlap rule.
    private mutating func run(_ run: String, at time: Timestamp) -> [Action] {
        let isBusy = !running.isEmpty
        switch schedule.overlap {
        case .allow: break
        case .skip where isBusy, .terminate where running.count >= Self.maximumRunning, .queue where queued != nil:
            skipped += 1
            return []
        case .queue where isBusy:
            queued = run
            last = time
            return []
        case .terminate where isBusy:
            last = time
            return running.map { .terminate(run: $0) } + begin(run)
        case .skip, .queue, .terminate: break
        }
        last = time
        return begin(run)
    }

    private mutating func begin(_ run: String) -> [Action] {
        lastRun = run
        runs += 1
        guard schedule.overlap != .allow else { return [.start(run: run)] }
        running.append(run)
        return [.watch(run: run)]
    }

    /// The beginning of the last part of the ID of a run that was triggered; the number of the trigger follows.
    static let triggeredPrefix = "manual-"

    /// Whether a text has the form that ``compact(_:)`` writes.
    static func isCompactTime(_ text: some StringProtocol) -> Bool {
        var digits = 0
        for (index, character) in text.enumerated() {
            switch (character, index) {
            case ("0"..."9", _): digits += 1
            case ("T", 8), (".", 15): break
            case ("Z", text.count - 1): return digits >= 14
            default: return false
            }
        }
        return false
    }

    /// A time as a part of an instance ID: `20300101T023000Z`, with a fraction of a second if it has one.
    static func compact(_ time: Timestamp) -> String {
        String(ISO8601.text(time).filter { $0 != "-" && $0 != ":" })
    }
}

extension ScheduleState: Codable {
    private enum CodingKeys: String, CodingKey {
        case schedule, createdAt, paused, next, last, lastRun, running, queued, runs, skipped, triggers, problem
    }

    /// Reads a state; or a schedule, which is that of a new one.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.schedule) else {
            self.init(try Schedule(from: decoder))
            return
        }
        func time(_ key: CodingKeys) throws -> Timestamp? {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard let time = ISO8601.timestamp(text) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "no time")
            }
            return time
        }
        self.init(try container.decode(Schedule.self, forKey: .schedule))
        isPaused = try container.decodeIfPresent(Bool.self, forKey: .paused) ?? false
        createdAt = try time(.createdAt)
        next = try time(.next)
        last = try time(.last)
        lastRun = try container.decodeIfPresent(String.self, forKey: .lastRun)
        running = try container.decodeIfPresent([String].self, forKey: .running) ?? []
        queued = try container.decodeIfPresent(String.self, forKey: .queued)
        runs = try container.decodeIfPresent(Int.self, forKey: .runs) ?? 0
        skipped = try container.decodeIfPresent(Int.self, forKey: .skipped) ?? 0
        triggers = try container.decodeIfPresent(Int.self, forKey: .triggers) ?? 0
        problem = try container.decodeIfPresent(String.self, forKey: .problem)
    }

    /// Writes the state with its schedule.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(isPaused, forKey: .paused)
        try container.encodeIfPresent(createdAt.map { ISO8601.text($0) }, forKey: .createdAt)
        try container.encodeIfPresent(next.map { ISO8601.text($0) }, forKey: .next)
        try container.encodeIfPresent(last.map { ISO8601.text($0) }, forKey: .last)
        try container.encodeIfPresent(lastRun, forKey: .lastRun)
        if !running.isEmpty { try container.encode(running, forKey: .running) }
        try container.encodeIfPresent(queued, forKey: .queued)
        try container.encode(runs, forKey: .runs)
        try container.encode(skipped, forKey: .skipped)
        try container.encode(triggers, forKey: .triggers)
        try container.encodeIfPresent(problem, forKey: .problem)
    }
}
