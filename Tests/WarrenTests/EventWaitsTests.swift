import Testing

@testable import Warren

/// What an execution waits for at the end of each episode. `everywhere` compares it between an orchestrator in memory and
/// one that is rebuilt for each episode.
@Suite("Waits for events", .timeLimit(.minutes(2)))
struct EventWaitsTests {
    private static let start = Timestamp(microseconds: 1_700_000_001_000_000)

    private func names(_ host: ScriptedHost) -> [String] { host.eventWaits.named.map(\.name) }

    @Test("A wait is known from the step in which it begins until the event arrives")
    func beginsAndEnds() {
        everywhere(
            Orchestration<Void, Int>("Waits") { context in
                let first = try await context.wait(for: Work.go)
                _ = try await context.call(Work.never, "x")
                return first
            }
        ) { host in
            host.start()
            #expect(host.eventWaits == EventWaits(named: [.init(name: "Go", since: Self.start)]))
            host.raise("Other")
            #expect(host.eventWaits == EventWaits(named: [.init(name: "Go", since: Self.start)]))
            host.raise("GO", 1)
            #expect(host.eventWaits.isEmpty)
        }
    }

    @Test("An event that arrived earlier leaves no wait behind")
    func buffered() {
        everywhere(
            Orchestration<Void, Int>("Buffered") { context in
                _ = try await context.call(Work.never, "x")
                return try await context.wait(for: Work.go) + context.wait(for: Work.go)
            }
        ) { host in
            host.start()
            host.raise("go", 1)
            #expect(host.eventWaits.isEmpty)
            host.episode([.taskCompleted(id: 0, result: "\"x\"")])
            // The first wait took it; the second one goes on.
            #expect(host.eventWaits.named == [.init(name: "Go", since: Self.start.advanced(by: .seconds(2)))])
        }
    }

    @Test("A race of an event and a timer ends the wait, whichever wins")
    func race() {
        for eventWins in [true, false] {
            everywhere(
                Orchestration<Void, Void>("Race") { context in
                    _ = try await context.wait(for: Work.go, timeout: .hours(1))
                    _ = try await context.call(Work.never, "x")
                }
            ) { host in
                host.start()
                #expect(names(host) == ["Go"])
                if eventWins { host.raise("Go", 1) } else { host.episode([.timerFired(id: 0)]) }
                #expect(host.eventWaits.isEmpty)
            }
        }
    }

    @Test("Several waits of one name count each; of many, the oldest are named and the others counted")
    func many() {
        everywhere(
            Orchestration<Void, Void>("Many") { context in
                var waits = (0..<3).map { _ in context.startWaiting(for: Work.go) }
                _ = try await context.wait(for: Work.ping)
                waits += (0..<30).map { context.startWaiting(for: ExternalEvent<Int>("E\($0)")) }
                _ = try await context.all(waits)
            }
        ) { host in
            host.start()
            #expect(names(host) == ["Go", "Go", "Go", "Ping"] && host.eventWaits.others == 0)
            host.raise("ping")
            #expect(names(host).prefix(4) == ["Go", "Go", "Go", "E0"])
            #expect(host.eventWaits.named.count == 20 && host.eventWaits.others == 13)
            host.raise("Go", 1)
            #expect(names(host).prefix(3) == ["Go", "Go", "E0"])
            #expect(host.eventWaits.named.count == 20 && host.eventWaits.others == 12)
        }
    }

    @Test("A cancelled handle, a body that has returned and the end of the execution leave no wait")
    func ends() {
        let host = everywhere(
            Orchestration<Void, Void>("Ends") { context in
                let handle = context.startWaiting(for: Work.go)
                _ = context.startWaiting(for: Work.ping)
                try await context.sleep(for: .hours(1))
                handle.cancel()
                _ = context.start(Work.never, "x")
            }
        ) { host in
            host.start()
            #expect(names(host) == ["Go", "Ping"])
            host.episode([.timerFired(id: 0)])
            // It waits for its activity, and would not read an event any more.
            #expect(host.completion == nil && host.eventWaits.isEmpty)
            host.episode([.taskCompleted(id: 1, result: "\"x\"")])
        }
        #expect(host.completion != nil && host.eventWaits.isEmpty)
    }

    @Test("Names of every kind are stored and read as they are; damaged ones are left out")
    func encoding() {
        let names = ["Approval", "é", "e\u{301}", "\"]],[\"", "\\u0000", "🦊:/%_|"]
        let waits = EventWaits(
            named: names.enumerated().map { .init(name: $1, since: Timestamp(microseconds: Int64($0) - 2)) }, others: 7)
        let read = EventWaits(encoded: waits.encoded)
        #expect(read == waits && read.named.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
        #expect(EventWaits().encoded.isEmpty && EventWaits(encoded: []).isEmpty)
        #expect(String(decoding: EventWaits(others: 3).encoded, as: UTF8.self) == "[3]")
        for text in ["x", "[", "{}", "[[1,2],[\"a\"],null,-4]", "[[\"a\",1.5]]"] {
            #expect(EventWaits(encoded: Array(text.utf8)).isEmpty, "\(text)")
        }
    }

    @Test("A condition is a kind, a name or both, and its text is read as it was written")
    func conditions() throws {
        let event = OpenWait(kind: .event, name: "Approval")
        let activity = OpenWait(kind: .activity, name: "Approval", number: 3)
        let child = OpenWait(kind: .child, name: "Ship", instanceID: "order-7:2", number: 1)
        let timer = OpenWait(kind: .timer, until: Self.start, number: 2)
        let all = [event, activity, child, timer]
        for (text, met) in [
            ("event", [event]), ("event:approval", [event]), ("activity:approval", []),
            ("activity:Approval", [activity]),
            ("Approval", [event, activity]), ("APPROVAL", [event]), ("child:Ship", [child]), ("order-7:2", nil),
            ("child:order-7:2", [child]), ("timer", [timer]), ("any", all), ("start", []),
        ] as [(String, [OpenWait]?)] {
            let condition = WaitCondition(text)
            #expect(condition.map { all.filter($0.isMet) } == met, "\(text)")
            #expect(condition?.description == (met == nil ? nil : text))
        }
        #expect(WaitCondition("event:") == WaitCondition(kind: .event))
        for (text, word) in [
            ("", "no name"), (":", "'' is no kind"), ("evnt:A", "'evnt' is no kind"), ("timer:x", "'timer' alone"),
            (String(repeating: "x", count: 600), "512"),
        ] {
            #expect(WaitCondition(text) == nil && WaitCondition.problem(text)?.contains(word) == true, "\(text)")
        }
    }
}
