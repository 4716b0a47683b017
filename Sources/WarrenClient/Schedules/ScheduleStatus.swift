public import Warren
import WarrenSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A schedule of a hub, and how it goes.
public struct ScheduleStatus: Sendable, Hashable {
    /// Its ID.
    public var id: String
    /// The schedule.
    public var schedule: Schedule
    /// Whether it is paused.
    public var isPaused: Bool
    /// Whether it is deleted, or its end has come.
    public var hasEnded: Bool
    /// The next due time; `nil` while it is paused, and when there is none.
    public var next: Date?
    /// The due time of the last run.
    public var last: Date?
    /// The instance ID of the last run.
    public var lastRun: String?
    /// The instance IDs of the runs that are waited for by the overlap rule.
    public var running: [String]
    /// The instance ID of the run that begins when the one under way has ended.
    public var queued: String?
    /// The number of runs so far.
    public var runs: Int
    /// The number of due times without a run, because the one before was under way.
    public var skipped: Int
    /// The last command that could not be followed, and why.
    public var problem: String?

    init(_ state: ScheduleState, id: String, hasEnded: Bool) {
        self.id = id
        self.hasEnded = hasEnded
        schedule = state.schedule
        isPaused = state.isPaused
        next = hasEnded ? nil : state.next?.date
        last = state.last?.date
        lastRun = state.lastRun
        running = state.running
        queued = state.queued
        runs = state.runs
        skipped = state.skipped
        problem = state.problem
    }

    /// One object of JSON: `{"id": …, "schedule": {…}, "paused": false, "ended": false, "next": "…Z", …}`.
    package func json() throws -> String {
        var object = JSONObjectWriter()
        object.add("id", id)
        object.add("schedule", try Payload(encoding: schedule))
        object.add("paused", isPaused)
        object.add("ended", hasEnded)
        object.add("next", ifPresent: next.map { ISO8601.text(Timestamp($0)) })
        object.add("last", ifPresent: last.map { ISO8601.text(Timestamp($0)) })
        object.add("lastRun", ifPresent: lastRun)
        object.add("running", running)
        object.add("queued", ifPresent: queued)
        object.add("runs", runs)
        object.add("skipped", skipped)
        object.add("problem", ifPresent: problem)
        return object.text
    }
}
