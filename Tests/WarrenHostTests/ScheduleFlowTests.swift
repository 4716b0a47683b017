import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenTestKit

/// Schedules in a hub: due times, commands, ends of runs, in virtual time.
@Suite("Schedules", .timeLimit(.minutes(2)))
struct ScheduleFlowTests {
    private static let report = Orchestration<String, String>("Report")
    private static let done = ExternalEvent<Void>("Done")

    /// A hub whose runs end at once, or when they are told; and the inputs of the runs that began.
    private func hub(
        ends: Bool = true, replays: Bool = false, _ body: (TestHub, Happenings<String>) async throws -> Void
    ) async throws {
        let began = Happenings<String>()
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            hub.register(Self.report) { context, input in
                if !context.isReplaying { began.add(context.instanceID) }
                if !ends { try await context.wait(for: Self.done) }
                return input
            }
            try await body(hub, began)
        }
    }

    @Test("A schedule runs its orchestration at every due time, with a short history", arguments: [false, true])
    func runs(replays: Bool) async throws {
        try await hub(replays: replays) { hub, began in
            let schedules = try await hub.client.schedules
            try await schedules.create("s", try Schedule(Self.report, "x", .every(.minutes(10))))
            for _ in 0..<50 { try await hub.advance(by: .minutes(10)) }
            #expect(began.all.count == 50)
            #expect(began.all.first == "s:20300101T121000Z")
            let output = try await hub.client.instance(of: Self.report, id: "s:20300101T121000Z").result()
            #expect(output == "x")
            let status = try #require(try await schedules.status(of: "s"))
            #expect(status.runs == 50 && status.running == [] && status.next == hub.now + .minutes(10))
            #expect(try await schedules.list().map(\.id) == ["s"])
            let instance = try #require(try await hub.client.status(of: "schedule:s", includeHistory: true))
            #expect((instance.history ?? []).count < 20)
            await #expect(throws: ClientError.self) {
                try await schedules.create("s", try Schedule(Self.report, "x", .every(.minutes(10))))
            }
        }
    }

    @Test(
        "A run that takes longer is skipped, queued, doubled or terminated by the rule",
        arguments: Schedule.Overlap.allCases)
    func overlap(rule: Schedule.Overlap) async throws {
        try await hub(ends: false) { hub, began in
            let client = try await hub.client
            var schedule = try Schedule(Self.report, "x", .every(.minutes(1)))
            schedule.overlap = rule
            try await client.schedules.create("s", schedule)
            for _ in 0..<3 { try await hub.advance(by: .minutes(1)) }
            let runs = began.all
            let first = try #require(runs.first)
            var status = try #require(try await client.schedules.status(of: "s"))
            switch rule {
            case .skip:
                #expect(runs.count == 1 && status.skipped == 2)
            case .allow:
                #expect(runs.count == 3 && status.skipped == 0)
            case .queue:
                #expect(runs.count == 1 && status.skipped == 1 && status.queued == "s:20300101T120200Z")
                try await client.raise(Self.done, (), to: first)
                await hub.rest()
                #expect(began.all == [first, "s:20300101T120200Z"])
            case .terminate:
                #expect(runs.count == 3)
                let states = try await [runs[0], runs[1], runs[2]].asyncMap {
                    try await client.status(of: $0)?.runtimeStatus
                }
                #expect(states == [.terminated, .terminated, .running])
                status = try #require(try await client.schedules.status(of: "s"))
                #expect(status.running == [runs[2]])
            }
        }
    }

    @Test("A schedule is paused, resumed, triggered, updated and deleted while it waits; runs go on")
    func commands() async throws {
        try await hub(ends: false) { hub, began in
            let client = try await hub.client
            let schedules = client.schedules
            try await schedules.create("s", try Schedule(Self.report, "x", .cron("0 * * * *"), overlap: .allow))
            try await schedules.pause("s")
            try await hub.advance(by: .hours(3))
            #expect(began.all == [])
            try await schedules.trigger("s")
            await hub.rest()
            #expect(began.all == ["s:manual-1"])
            try await schedules.resume("s")
            try await schedules.update("s", try Schedule(Self.report, "y", .every(.minutes(30))))
            await hub.rest()
            #expect(try await schedules.status(of: "s")?.next == hub.now + .minutes(30))
            try await hub.advance(by: .minutes(30))
            #expect(began.all.count == 2)
            try await schedules.delete("s")
            await hub.rest()
            #expect(try await schedules.status(of: "s")?.hasEnded == true)
            #expect(try await schedules.list().isEmpty)
            #expect(try await client.status(of: "s:manual-1")?.runtimeStatus == .running)
            let ended = await #expect(throws: ClientError.self) { try await schedules.pause("s") }
            #expect(ended?.code == .instanceFinished)
            let unknown = await #expect(throws: ClientError.self) { try await schedules.pause("t") }
            #expect(unknown?.code == .instanceNotFound)
            // The end of its last run reaches nobody, and leaves no dead letter.
            let last = began.all[1]
            try await client.raise(Self.done, (), to: last)
            await hub.rest()
            #expect(try await client.visitDeadLetters(limit: 10) { _ in .keep }.waiting == 0)
            // The ID is free again.
            try await schedules.create("s", try Schedule(Self.report, "x", .every(.minutes(10))))
            await hub.rest()
            #expect(try await schedules.status(of: "s")?.hasEnded == false)
        }
    }

    @Test("Commands at the same moment are followed in their order, and none is lost")
    func burst() async throws {
        try await hub { hub, began in
            let client = try await hub.client
            try await client.schedules.create("s", try Schedule(Self.report, "x", .every(.hours(1)), overlap: .allow))
            await hub.rest()
            for _ in 0..<20 {
                try await client.raise(
                    named: "command", Payload(json: #"{"do":"trigger"}"#), to: "schedule:s", until: .confirmed)
            }
            try await client.raise(
                named: "command", Payload(json: #"{"do":"dance"}"#), to: "schedule:s", until: .confirmed)
            await hub.rest()
            #expect(began.all.count == 20)
            #expect(try await client.schedules.status(of: "s")?.problem?.contains("dance") == true)
        }
    }

    @Test("A schedule that is started by hand is one; what is none fails with the reason")
    func byHand() async throws {
        try await hub { hub, began in
            let client = try await hub.client
            _ = try await client.start(
                named: "BuiltIn::Schedule", input: Payload(json: #"{"orchestration":"Report","input":"x","every":60}"#),
                id: "schedule:hand", awaitingEnd: false)
            try await hub.advance(by: .minutes(2))
            #expect(began.all.count == 2)
            for (id, json) in [
                ("schedule:bad", #"{"orchestration":"Report","cron":"* * * *"}"#),
                ("other", #"{"orchestration":"Report","every":60}"#),
                (
                    "schedule:others",
                    #"{"schedule":{"orchestration":"Report","every":60},"createdAt":"2030-01-01T00:00:00Z","running":["a"]}"#
                ),
                (
                    "schedule:name",
                    #"{"schedule":{"orchestration":"no name","every":60},"createdAt":"2030-01-01T00:00:00Z"}"#
                ),
            ] {
                _ = try await client.start(
                    named: "BuiltIn::Schedule", input: Payload(json: json), id: id, awaitingEnd: false)
                await hub.rest()
                let status = try #require(try await client.status(of: id))
                #expect(status.runtimeStatus == .failed && status.failure?.type == "InvalidSchedule")
            }
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
