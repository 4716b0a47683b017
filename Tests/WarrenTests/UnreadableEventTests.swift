import Testing
import WarrenSupport

@testable import Warren

@Suite("Events that a wait cannot read", .timeLimit(.minutes(5)))
struct UnreadableEventTests {
    private static let text = ExternalEvent<String>("Go")

    private func setAside(_ host: ScriptedHost) -> [String] { host.trace.filter { $0.hasPrefix("setAsideEvent") } }

    @Test("an event that is no such value is set aside, told of, and the wait goes on")
    func setAside() {
        let host = everywhere(
            Orchestration<Void, Int>("Wait") { context in
                context.print("before")
                let number = try await context.wait(for: Work.go)
                context.print("after")
                return number
            }
        ) { host in
            host.start()
            #expect(host.raise("go", "many").completion == nil)
            #expect(host.raise("Go", ["not": "a number"]).completion == nil)
            #expect(host.raise("Go", 7).completion == .completed("7"))
        }
        #expect(setAside(host).count == 2)
        #expect(setAside(host)[0].contains(#"expected a whole number, got a string (\"many\")"#))
        // The lines of the console are numbered as they came.
        let lines = host.trace.filter { $0.hasPrefix("printLine") }
        #expect(lines.count == 4)
        for (number, line) in lines.enumerated() { #expect(line.contains("number: \(number),"), "\(line)") }
        #expect(lines[1].contains(#"The event \'go\'"#) && lines[1].contains("warning"))
    }

    @Test("one that came before it was asked for is set aside when it is asked for")
    func buffered() {
        let host = everywhere(
            Orchestration<Void, Int>("Later") { context in
                try await context.sleep(for: .seconds(1))
                return try await context.wait(for: Work.go)
            }
        ) { host in
            host.start([.eventRaised(name: "Go", input: "\"x\""), .eventRaised(name: "Go", input: "[]")])
            host.raise("Go", 3)
            #expect(setAside(host).isEmpty)
            host.run()
        }
        #expect(host.output == "3")
        #expect(setAside(host).count == 2)
    }

    @Test("with a time limit, what cannot be read does not count as having come")
    func timeout() {
        let host = everywhere(
            Orchestration<Void, String>("Limited") { context in
                let first = try await context.wait(for: Work.go, timeout: .seconds(60))
                let task = context.startWaiting(for: Work.go)
                let winner = try await context.any(task, context.startTimer(for: .seconds(60)))
                return "\(first.map { "\($0)" } ?? "nothing") \(winner == task)"
            }
        ) { host in
            host.start()
            host.raise("Go", "x")
            host.episode([.timerFired(id: 0)])
            host.raise("Go", "y")
            host.episode([.timerFired(id: 1)])
        }
        #expect(host.output == "\"nothing false\"")
        #expect(setAside(host).count == 2)
    }

    @Test("of several waits, the first that can read the event takes it")
    func several() {
        let host = everywhere(
            Orchestration<Void, String>("Two") { context in
                let number = context.startWaiting(for: Work.go)
                let text = context.startWaiting(for: Self.text)
                let (n, t) = try await context.all(number, text)
                return "\(n) \(t)"
            }
        ) { host in
            host.start()
            host.raise("Go", "text")
            host.raise("Go", 5)
        }
        #expect(host.output == "\"5 text\"")
        #expect(setAside(host).isEmpty)
    }

    @Test("whoever wants to see it asks for that at the wait")
    func thrown() {
        let host = everywhere(
            Orchestration<Void, String>("Strict") { context in
                do {
                    return "\(try await context.wait(for: Work.go, unreadable: .thrown))"
                } catch let error as WarrenError {
                    return "\(error.code)"
                }
            }
        ) { host in
            host.start()
            host.raise("Go", "x")
        }
        #expect(host.output == "\"payloadNotDecodable\"")
        #expect(setAside(host).isEmpty)
    }

    @Test("what nobody has asked for goes on to the next generation, what was set aside does not")
    func nextGeneration() {
        let host = everywhere(
            Orchestration<Int, Int>("Generations") { context, generation in
                guard generation == 0 else { return try await context.wait(for: Work.go) }
                _ = try await context.wait(for: Work.go)
                try context.continueAsNew(1)
            }, 0
        ) { host in
            host.start()
            host.raise("Go", "x")
            let outcome = host.episode([
                .eventRaised(name: "Go", input: "1"), .eventRaised(name: "Go", input: "\"y\""),
                .eventRaised(name: "Other", input: "2"),
            ])
            #expect(
                outcome.completion
                    == .continuedAsNew(
                        "1",
                        unprocessedEvents: [
                            RaisedEvent(name: "Go", input: "\"y\""), RaisedEvent(name: "Other", input: "2"),
                        ]))
        }
        #expect(setAside(host).count == 1)
    }

    @Test(
        "an event may be called anything that people call it",
        arguments: ["My Event", "Bestätigt", "1st", "a.b-c_d", "#*+?", "🙂", String(repeating: "x", count: 100)])
    func names(name: String) {
        let event = ExternalEvent<Int>(name)
        let host = everywhere(
            Orchestration<Void, Int>("Named") { context in
                try context.send(event, 1, to: "other")
                return try await context.wait(for: event)
            }
        ) { host in
            host.start()
            host.raise(name, 2)
        }
        #expect(host.output == "2")
        #expect(NameRules.problem(eventName: name) == nil)
    }

    @Test("an event's name has no slash, no control characters and at most 100 bytes")
    func badNames() {
        for name in ["", "a/b", "a\nb", "a\u{0}", "\u{85}", String(repeating: "x", count: 101)] {
            #expect(NameRules.problem(eventName: name) != nil, "\(name)")
        }
    }
}
