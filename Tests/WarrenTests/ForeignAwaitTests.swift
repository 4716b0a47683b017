import Dispatch
import TestSupport
import Testing

@testable import Warren

@Suite("Awaiting what is not recorded", .timeLimit(.minutes(5)))
struct ForeignAwaitTests {
    private func run(_ body: @escaping Orchestration<Void, String>.Body) -> ScriptedHost {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Foreign"), body: body)
        let host = ScriptedHost(functions, "Foreign")
        host.activities = standardActivities
        host.run()
        return host
    }

    private func expectForeign(_ host: ScriptedHost, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            host.failure.map { ["ForeignAwait", "ContextUsedElsewhere"].contains($0.type) } == true,
            "\(String(describing: host.completion))", sourceLocation: sourceLocation)
        #expect(host.failure?.message.contains("context.start") == true, sourceLocation: sourceLocation)
    }

    @Test("Task.sleep, the main actor, a thread's continuation and a blocked actor fail at once, with advice")
    func idle() async {
        expectForeign(
            run { _, _ in
                try await Task.sleep(for: .seconds(3600))
                return ""
            })
        let gate = Gate()
        expectForeign(
            run { _, _ in
                await gate.pass()
                return ""
            })
        gate.open()
        expectForeign(
            run { context, _ in
                _ = try await context.call(Work.echo, "first")
                return await Task.detached {
                    await gate.pass()
                    return ""
                }.value
            })
    }

    @Test("main actor") @MainActor
    func mainActor() {
        // The main actor is busy with this very test, so the hop cannot come back before the check.
        expectForeign(run { _, _ in await MainActor.run { "" } })
    }

    @Test("a context that is used by another task fails the instance")
    func elsewhere() {
        expectForeign(
            run { context, _ in
                await Task.detached {
                    _ = try? await context.call(Work.echo, "x")
                    _ = context.now
                    _ = context.startTimer(for: .seconds(1))
                }.value
                return ""
            })
    }

    @Test("random numbers that another task draws differ, so that a loop over them ends, and the instance fails")
    func randomElsewhere() {
        // With 0 for each number, the first loop would not end, and the second would not either.
        expectForeign(
            run { context, _ in
                await Task.detached {
                    var generator = context.random
                    while Int.random(in: 0..<6, using: &generator) != 5 {}
                    while generator.next() < .max / 2 {}
                }.value
                return ""
            })
    }

    @Test("a foreign wake-up beside a durable wait is noticed at the next event")
    func later() async {
        let functions = FunctionRegistry()
        let gate = Gate()
        let woken = Gate()
        functions.register(
            Orchestration<Void, String>("Foreign") { context in
                async let event = context.wait(for: Work.go)
                await gate.pass()
                woken.open()
                return "\(try await event)"
            })
        let host = ScriptedHost(functions, "Foreign")
        #expect(host.start().completion == nil)
        gate.open()
        #expect(!woken.isOpen)
        _ = host.raise("Go", 1)
        expectForeign(host)
    }

    @Test("code that stays on the instance's executor is not complained about")
    func allowed() {
        actor Private {
            var count = 0
            func add() -> Int {
                count += 1
                return count
            }
        }
        let host = everywhere(
            Orchestration<Void, String>("Fine") { context in
                let own = Private()
                _ = await own.add()
                await Task.yield()
                let (stream, source) = AsyncStream.makeStream(of: Int.self)
                source.yield(1)
                source.finish()
                for await _ in stream { _ = await own.add() }
                return "\(await own.add()) \(try await context.call(Work.echo, "x"))"
            })
        #expect(host.output == "\"3 x\"")
    }

    @Test("an endless loop of calls ends at the action limit")
    func limit() {
        let host = run { context, _ in
            for _ in 0...OrchestratorCore.maximumActions { _ = context.start(Work.never, "x") }
            return ""
        }
        #expect(host.failure?.type == "TooManyActions")
        #expect(host.actions.isEmpty)
    }
}
