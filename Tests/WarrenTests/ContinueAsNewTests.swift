import Testing

@testable import Warren

@Suite("Continue as new", .timeLimit(.minutes(5)))
struct ContinueAsNewTests {
    private func unprocessed(_ host: ScriptedHost) -> [String]? {
        guard case .continuedAsNew(let input, let events) = host.completion else { return nil }
        return ["\(input)"] + events.map { "\($0.name) \($0.input)" }
    }

    @Test("events that nobody has seen go to the next generation in order, those of the same batch included")
    func keepsEvents() {
        let host = everywhere(
            Orchestration<Int, Void>("Loop") { context, generation in
                let taken = context.startWaiting(for: Work.go)
                _ = context.startWaiting(for: ExternalEvent<Int>("Ignored"))
                _ = try await taken.value
                try context.continueAsNew(generation + 1)
            }, 1
        ) { host in
            host.start()
            host.episode([
                .eventRaised(name: "Ignored", input: "1"), .eventRaised(name: "B", input: "2"),
                .eventRaised(name: "Go", input: "3"), .eventRaised(name: "Go", input: "4"), .timerFired(id: 3),
                .eventRaised(name: "A", input: "5"),
            ])
        }
        #expect(unprocessed(host) == ["2", "Ignored 1", "B 2", "Go 4", "A 5"])
    }

    @Test("without keeping them, only what came after the decision goes on")
    func dropsEvents() {
        let host = everywhere(
            Orchestration<Int, Void>("Loop") { context, generation in
                _ = try await context.wait(for: Work.go)
                try context.continueAsNew(generation + 1, keepingEvents: false)
            }, 1
        ) { host in
            host.start([.eventRaised(name: "B", input: "2")])
            host.episode([.eventRaised(name: "Go", input: "3"), .eventRaised(name: "Go", input: "4")])
        }
        #expect(unprocessed(host) == ["2", "Go 4"])
    }

    @Test("it wins over a swallowed throw and open tasks; the last call wins; a later error fails the instance")
    func precedence() {
        struct Later: Error {}
        let loop = Orchestration<String, String>("Loop") { context, mode in
            _ = context.start(Work.never, "open")
            _ = context.startTimer(for: .hours(1))
            do { try context.continueAsNew("first") } catch {}
            if mode == "again" { try context.continueAsNew("second") }
            if mode == "error" { throw Later() }
            return "swallowed"
        }
        #expect(unprocessed(everywhere(loop, "swallow") { $0.start() }) == ["\"first\""])
        #expect(unprocessed(everywhere(loop, "again") { $0.start() }) == ["\"second\""])
        let failed = everywhere(loop, "error") { host in
            host.start()
            host.episode([.taskCompleted(id: 0, result: "1"), .timerFired(id: 1)])
        }
        #expect(failed.failure?.type == "Later")
    }

    @Test("a loop of one event per generation sees every event once, over thousands of generations")
    func eternal() {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<[Int], Void>("Eternal") { context, seen in
                let value = try await context.wait(for: Work.go)
                try context.continueAsNew([value])
            })
        var carried = (0..<2000).map { RaisedEvent(name: "Go", input: Payload(.integer(Int64($0)))) }
        var seen: [String] = []
        while let first = carried.first {
            let host = ScriptedHost(functions, "Eternal", [], mode: seen.count % 2 == 0 ? .warm : .evicting)
            host.start([.eventRaised(name: first.name, input: first.input)])
            guard case .continuedAsNew(let input, let rest) = host.completion else { break }
            seen.append(input.json)
            carried = rest + carried.dropFirst()
        }
        #expect(seen == (0..<2000).map { "[\($0)]" })
    }
}
