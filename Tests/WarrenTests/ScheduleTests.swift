import Foundation
import Testing
import WarrenSupport

@testable import Warren

@Suite("Schedules: decisions", .timeLimit(.minutes(1)))
struct ScheduleTests {
    private static let created = Timestamp(microseconds: 1_893_456_000_000_000)  // 2030-01-01T00:00:00Z

    private static func at(_ seconds: Int) -> Timestamp { created.advanced(by: .seconds(seconds)) }

    private func state(_ change: (inout Schedule) -> Void = { _ in }) throws -> ScheduleState {
        var schedule = Schedule(named: "Report", .every(.seconds(100)))
        change(&schedule)
        var state = ScheduleState(schedule)
        try state.begin(Self.created)
        return state
    }

    @Test("An interval counts from its start, or from the creation, and is first due when it has passed")
    func intervals() throws {
        var state = try state()
        #expect(state.next == Self.at(100))
        #expect(try state.due("s", Self.at(100)) == [.watch(run: "s:20300101T000140Z")])
        #expect(state.next == Self.at(200) && state.last == Self.at(100) && state.runs == 1)
        let later = try self.state { $0.start = Self.at(1000).date }
        #expect(later.next == Self.at(1000))
        let earlier = try self.state { $0.start = Self.at(-30).date }
        #expect(earlier.next == Self.at(70))
        let cron = try self.state {
            ($0.timing, $0.start) = (.cron("*/5 * * * *"), Self.at(300).date)
        }
        #expect(cron.next == Self.at(300))
    }

    @Test("The IDs of its runs are told from others that begin alike")
    func runs() throws {
        for id in ["s:20300101T000140Z", "s:20300101T000140.5Z", "s:manual-1", "s:manual-120"] {
            #expect(ScheduleKeeper.isRun(id, of: "s"), "\(id)")
        }
        // Instances that keep schedules begin as the runs of a schedule "schedule" do.
        for (id, schedule) in [
            ("schedule:nightly", "schedule"), ("scheduled:s:20300101T000140Z", "scheduled"), ("s:manual-", "s"),
            ("s:manual-1x", "s"), ("s:2030", "s"), ("s:20300101T000140", "s"), ("s:20300101-000140Z", "s"),
            ("s:Z", "s"),
            ("t:manual-1", "s"), ("s:", "s"),
        ] {
            #expect(!ScheduleKeeper.isRun(id, of: schedule), "\(id)")
        }
        var state = try state()
        guard case .watch(let run)? = try state.due("s", Self.at(100)).first else {
            Issue.record("It does not run.")
            return
        }
        #expect(ScheduleKeeper.isRun(run, of: "s"))
    }

    @Test("A timer that fires a little early is on time")
    func early() throws {
        var state = try state()
        #expect(try state.due("s", Self.at(99)) == [.watch(run: "s:20300101T000140Z")])
        #expect(state.next == Self.at(200))
    }

    @Test("After its end it is not due any more, and is over when nothing runs")
    func ends() throws {
        var state = try state { $0.end = Self.at(200).date }
        _ = try state.due("s", Self.at(100))
        _ = try state.take(.ended(run: "s:20300101T000140Z"), "s", Self.at(101))
        #expect(!state.isOver && state.next == Self.at(200))
        _ = try state.due("s", Self.at(200))
        #expect(state.next == nil && !state.isOver)
        _ = try state.take(.ended(run: "s:20300101T000320Z"), "s", Self.at(201))
        #expect(state.isOver)
    }

    @Test("Missed times are caught up by the rule, once")
    func catchUp() throws {
        func starts(_ rule: Schedule.CatchUp, _ now: Int) throws -> (count: Int, last: Timestamp?, next: Timestamp?) {
            var state = try state { ($0.catchUp, $0.overlap) = (rule, .allow) }
            let actions = try state.due("s", Self.at(now))
            return (actions.count, state.last, state.next)
        }
        // 1050 s: ten are due; the last was due 50 s ago, which is not yet missed.
        #expect(try starts(.none, 1050) == (1, Self.at(1000), Self.at(1100)))
        #expect(try starts(.none, 1070) == (0, nil, Self.at(1100)))
        #expect(try starts(.one, 1070) == (1, Self.at(1000), Self.at(1100)))
        #expect(try starts(.all(atMost: 100), 1070) == (10, Self.at(1000), Self.at(1100)))
        #expect(try starts(.all(atMost: 3), 1070) == (3, Self.at(1000), Self.at(1100)))
        // Ten years later, without looking at each of three million times.
        #expect(try starts(.all(atMost: 2), 315_360_070) == (2, Self.at(315_360_000), Self.at(315_360_100)))
        #expect(try starts(.one, 315_360_070) == (1, Self.at(315_360_000), Self.at(315_360_100)))
    }

    @Test("Caught-up runs begin in the order of their times")
    func order() throws {
        var state = try state { ($0.catchUp, $0.overlap) = (.all(atMost: 3), .allow) }
        #expect(
            try state.due("s", Self.at(570)) == [
                .start(run: "s:20300101T000500Z"), .start(run: "s:20300101T000640Z"), .start(run: "s:20300101T000820Z"),
            ])
    }

    @Test("The overlap rule decides what happens while a run is under way", arguments: Schedule.Overlap.allCases)
    func overlap(rule: Schedule.Overlap) throws {
        let (one, two, three) = ("s:20300101T000140Z", "s:20300101T000320Z", "s:20300101T000500Z")
        var state = try state { $0.overlap = rule }
        let first = try state.due("s", Self.at(100))
        let second = try state.due("s", Self.at(200))
        let third = try state.due("s", Self.at(300))
        switch rule {
        case .skip:
            #expect(first == [.watch(run: one)] && second == [] && third == [])
            #expect(state.skipped == 2 && state.runs == 1 && state.running == [one])
            #expect(try state.take(.ended(run: one), "s", Self.at(310)) == [])
            #expect(try state.due("s", Self.at(400)).count == 1)
        case .allow:
            #expect([first, second, third] == [[.start(run: one)], [.start(run: two)], [.start(run: three)]])
            #expect(state.skipped == 0 && state.running == [])
        case .queue:
            #expect(first == [.watch(run: one)] && second == [] && third == [])
            #expect(state.skipped == 1 && state.queued == two && state.runs == 1)
            #expect(try state.take(.ended(run: one), "s", Self.at(310)) == [.watch(run: two)])
            #expect(state.queued == nil && state.running == [two] && state.runs == 2)
        case .terminate:
            #expect(second == [.terminate(run: one), .watch(run: two)])
            _ = try state.take(.ended(run: one), "s", Self.at(201))
            #expect(third == [.terminate(run: one), .terminate(run: two), .watch(run: three)])
            #expect(state.running == [two, three] && state.runs == 3)
        }
    }

    @Test("Pause, resume, trigger, update and delete")
    func commands() throws {
        var state = try state()
        _ = try state.take(.pause, "s", Self.at(10))
        #expect(state.isPaused && state.next == nil && !state.isOver)
        #expect(try state.due("s", Self.at(100)) == [])
        // A trigger works while it is paused.
        #expect(try state.take(.trigger, "s", Self.at(110)) == [.watch(run: "s:manual-1")])
        #expect(try state.take(.trigger, "s", Self.at(111)) == [] && state.skipped == 1)
        // A run of which nobody would ever report the end does not block it for good.
        #expect(try state.take(.resume, "s", Self.at(950)) == [.forget(run: "s:manual-1")])
        #expect(!state.isPaused && state.next == Self.at(1000) && state.running == [])
        #expect(try state.take(.resume, "s", Self.at(951)) == [])
        // A schedule that cannot be kept changes nothing; a good one counts from now.
        #expect(throws: ScheduleProblem.self) {
            try state.take(.update(Schedule(named: "Report", .cron("nonsense"))), "s", Self.at(960))
        }
        _ = try state.take(.update(Schedule(named: "Other", .every(.seconds(7)), isPaused: true)), "s", Self.at(960))
        #expect(state.schedule.orchestration == "Other" && state.next == Self.at(966) && !state.isPaused)
        _ = try state.take(.unknown("what"), "s", Self.at(961))
        #expect(state.problem == "what")
        _ = try state.take(.trigger, "s", Self.at(962))
        #expect(state.problem == nil)
        #expect(try state.take(.delete, "s", Self.at(963)) == [.forget(run: "s:manual-3")])
        #expect(state.isOver)
    }

    @Test("A schedule and its state are plain JSON, and a schedule is the state of a new one")
    func json() throws {
        let text =
            #"{"catchUp":"all","catchUpLimit":7,"cron":"0 5 * * *","end":"2031-01-01T00:00:00Z","input":{"a":1.50},"#
            + #""orchestration":"Report","overlap":"queue","paused":true,"timeZone":"Europe/Berlin"}"#
        let schedule = try Payload(json: text).decode(as: Schedule.self)
        #expect(try Payload(encoding: schedule).json == text)
        var state = try Payload(json: text).decode(as: ScheduleState.self)
        #expect(state.schedule == schedule && state.isPaused && state.createdAt == nil)
        try state.begin(Self.created)
        (state.running, state.queued, state.problem, state.runs) = (["a"], "b", "c", 9)
        #expect(try Payload(encoding: state).decode(as: ScheduleState.self) == state)
        let every = try Payload(json: #"{"orchestration":"R","every":1.5}"#).decode(as: Schedule.self)
        #expect(every == Schedule(named: "R", .every(.milliseconds(1500))))
        for bad in [
            #"{"orchestration":"R"}"#, #"{"orchestration":"R","every":1,"cron":"* * * * *"}"#,
            #"{"orchestration":"R","every":0.5}"#, #"{"every":5}"#, #"{"orchestration":"R","every":5,"overlap":"x"}"#,
            #"{"orchestration":"R","every":5,"catchUp":"some"}"#, #"{"orchestration":"R","every":5,"start":"soon"}"#,
        ] {
            #expect(throws: WarrenError.self) { try Payload(json: bad).decode(as: Schedule.self) }
        }
    }

    @Test("Schedules out of their rules are named")
    func checks() {
        let bad: [(Schedule, String)] = [
            (Schedule(named: "1", .every(.seconds(5))), "orchestration"),
            (Schedule(named: "R", .every(.zero)), "every"),
            (Schedule(named: "R", .every(.milliseconds(999))), "every"),
            (Schedule(named: "R", .every(.days(4000))), "every"),
            (Schedule(named: "R", .cron("x")), "cron"),
            (Schedule(named: "R", .cron("* * * * *", timeZone: "Mars")), "timeZone"),
            (Schedule(named: "R", .every(.seconds(5)), catchUp: .all(atMost: 0)), "catchUpLimit"),
            (Schedule(named: "R", .every(.seconds(5)), catchUp: .all(atMost: 101)), "catchUpLimit"),
            (Schedule(named: "R", .every(.seconds(5)), start: Self.created.date, end: Self.created.date), "end"),
        ]
        for (schedule, word) in bad {
            let problem = #expect(throws: ScheduleProblem.self) { try schedule.check() }
            #expect(problem?.description.hasPrefix(word) == true)
        }
        for id in ["", "a:b", "a/b", "@a", ".", String(repeating: "x", count: 65)] {
            #expect(ScheduleKeeper.problem(id: id) != nil)
        }
        #expect(ScheduleKeeper.problem(id: "nightly report") == nil)
    }

    @Test("Commands are read from JSON, and what is none says why")
    func parsing() throws {
        let schedule = Schedule(named: "R", .every(.seconds(5)))
        for command in [ScheduleCommand.pause, .resume, .trigger, .delete, .update(schedule), .ended(run: "a\"b")] {
            #expect(ScheduleCommand(try command.payload()) == command)
        }
        for text in [
            "", "null", "7", #""pause""#, #"{"do":"stop"}"#, #"{"do":"update"}"#, #"{"do":"ended"}"#,
            #"{"do":"update","schedule":{}}"#,
        ] {
            guard case .unknown = ScheduleCommand(Payload(json: text)) else {
                Issue.record("\(text) is a command")
                continue
            }
        }
    }
}
