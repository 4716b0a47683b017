import Synchronization
import Warren

/// Computes for which due times a schedule had to act, from the turns that its orchestrator took, on whatever process.
///
/// A turn is an episode in which a generation decides: it leads from one state to the next. A turn that is not committed is
/// taken again, at another time, and leads to another state. So the duty of each state is kept, and that of the last one
/// counts. The rules are written here again, apart from the product's: a due time is a multiple of the interval after the
/// creation.
final class SimScheduleBook: Sendable {
    /// The duty of a schedule up to a state.
    struct Duty: Sendable {
        /// The time of the creation.
        var created: Int64
        /// The due times for which its catch-up rule wants a run, before its overlap rule.
        var times: [Int64] = []
        var triggers = 0
        var next: Int64?
        var isPaused = false
    }

    /// The duties by instance and state.
    private let duties = Mutex<[String: [Payload: Duty]]>([:])

    /// The duty of a schedule at a state; `nil` if no turn has led to it.
    func duty(of schedule: SimSchedule, at state: Payload) -> Duty? {
        duties.withLock { $0[schedule.instanceID]?[state] }
    }

    /// Takes a turn of the instance that keeps a schedule.
    func note(_ schedule: SimSchedule, _ input: Payload, _ events: [HistoryEvent], _ outcome: EpisodeOutcome) {
        let next: Payload
        switch outcome.completion {
        case .continuedAsNew(let state, _): next = state
        case .completed(let state): next = state
        case .failed, nil: return
        }
        duties.withLock { duties in
            let before = duties[schedule.instanceID]?[input]
            duties[schedule.instanceID, default: [:]][next] = Self.turn(before, schedule, input, events)
        }
    }

    private static func turn(
        _ before: Duty?, _ schedule: SimSchedule, _ input: Payload, _ events: [HistoryEvent]
    ) -> Duty? {
        var time: Int64 = 0
        for event in events {
            switch event {
            case .orchestratorStarted(let now): time = now.microseconds
            case .executionStarted where before == nil:
                return Duty(created: time, next: next(after: time, schedule, created: time))
            // A generation that was begun to end decides nothing.
            case .timerFired where !isOver(input): return before.map { due($0, schedule, time) }
            case .eventRaised(let name, let value, _)
            where name.lowercased() == ScheduleKeeper.commandEvent && !isOver(input):
                return before.map { follow($0, schedule, (try? JSONNode(value))?["do"]?.string, time) }
            default: break
            }
        }
        return before
    }

    /// Whether a schedule has nothing to do any more at a state.
    private static func isOver(_ state: Payload) -> Bool {
        guard let node = try? JSONNode(state) else { return false }
        return node["paused"]?.bool != true && ["next", "running", "queued"].allSatisfy { node[$0] == nil }
    }

    /// All due times of a schedule that is never paused.
    static func times(of schedule: SimSchedule, created: Int64) -> [Int64] {
        var times: [Int64] = []
        var time = created
        while let next = next(after: time, schedule, created: created) {
            times.append(next)
            time = next
        }
        return times
    }

    private static func next(after time: Int64, _ schedule: SimSchedule, created: Int64) -> Int64? {
        let next = created + ((time - created) / schedule.every + 1) * schedule.every
        return next > SimSchedule.beginning + schedule.end ? nil : next
    }

    /// The timer of the next due time has fired.
    private static func due(_ duty: Duty, _ schedule: SimSchedule, _ time: Int64) -> Duty {
        guard let first = duty.next else { return duty }
        var duty = duty
        let now = max(time, first)
        let passed = times(of: schedule, created: duty.created).filter { $0 >= first && $0 <= now }
        switch schedule.catchUp {
        case .all(let most): duty.times += passed.suffix(most)
        case .one: duty.times += passed.suffix(1)
        case .none: duty.times += passed.suffix(1).filter { now - $0 <= 60_000_000 }
        }
        duty.next = next(after: now, schedule, created: duty.created)
        return duty
    }

    private static func follow(_ duty: Duty, _ schedule: SimSchedule, _ word: String?, _ time: Int64) -> Duty {
        var duty = duty
        switch word {
        case "trigger": duty.triggers += 1
        case "pause": (duty.isPaused, duty.next) = (true, nil)
        case "resume" where duty.isPaused:
            (duty.isPaused, duty.next) = (false, next(after: time, schedule, created: duty.created))
        default: break
        }
        return duty
    }
}
