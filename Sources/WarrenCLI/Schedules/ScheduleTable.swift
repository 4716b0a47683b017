import Warren
import WarrenClient

/// Schedules as text for people.
struct ScheduleTable {
    let schedules: [ScheduleStatus]
    let style: Style

    /// The lines, the heading first.
    var lines: [String] {
        let rows = schedules.map { schedule in
            [
                schedule.id.printable, Self.timing(schedule.schedule.timing),
                schedule.schedule.orchestration.printable, Self.next(schedule),
                schedule.last.map { Timestamp($0).shortText } ?? "-", "\(schedule.runs)", Self.about(schedule),
            ]
        }
        let heading = ["ID", "DUE", "ORCHESTRATION", "NEXT", "LAST", "RUNS", "ABOUT"]
        let widths = heading.indices.map { column in
            max(heading[column].count, rows.map { $0[column].count }.max() ?? 0)
        }
        func line(_ row: [String]) -> String {
            zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmingBlanks
        }
        return [style.faint(line(heading))] + rows.map(line)
    }

    /// One schedule, a line for each fact.
    static func details(of status: ScheduleStatus) -> [String] {
        let schedule = status.schedule
        var facts: [(String, String)] = [
            ("id", status.id.printable), ("orchestration", schedule.orchestration.printable),
            ("due", timing(schedule.timing)), ("next", next(status)),
            ("last", status.last.map { Timestamp($0).shortText } ?? "-"), ("runs", "\(status.runs)"),
            ("skipped", "\(status.skipped)"), ("overlap", schedule.overlap.rawValue),
        ]
        switch schedule.catchUp {
        case .none: facts.append(("catch-up", "none"))
        case .one: facts.append(("catch-up", "one"))
        case .all(let count): facts.append(("catch-up", "all, \(count) at most"))
        }
        if let start = schedule.start { facts.append(("from", Timestamp(start).shortText)) }
        if let end = schedule.end { facts.append(("until", Timestamp(end).shortText)) }
        if let run = status.lastRun { facts.append(("last run", run.printable)) }
        for run in status.running { facts.append(("running", run.printable)) }
        if let queued = status.queued { facts.append(("queued", queued.printable)) }
        if !schedule.input.isNull { facts.append(("input", schedule.input.json.printable.shortened(to: 200))) }
        if let problem = status.problem { facts.append(("problem", problem.printable)) }
        let width = facts.map(\.0.count).max() ?? 0
        return facts.map { "\($0.0.padded(to: width))  \($0.1)" }
    }

    private static func timing(_ timing: Schedule.Timing) -> String {
        switch timing {
        case .every(let interval): "every \(interval)"
        case .cron(let text, let zone): "\(text.printable) (\(zone.printable))"
        }
    }

    private static func next(_ status: ScheduleStatus) -> String {
        if status.hasEnded { return "ended" }
        if status.isPaused { return "paused" }
        return status.next.map { Timestamp($0).shortText } ?? "-"
    }

    private static func about(_ status: ScheduleStatus) -> String {
        var parts: [String] = []
        if !status.running.isEmpty { parts.append("\(status.running.count) running") }
        if status.queued != nil { parts.append("1 queued") }
        if status.skipped > 0 { parts.append("\(status.skipped) skipped") }
        if let problem = status.problem { parts.append(problem.printable.shortened(to: 60)) }
        return parts.joined(separator: ", ")
    }
}
