import Synchronization
import TestSupport
import Testing

@testable import Warren

@Suite("Eviction", .timeLimit(.minutes(5)))
struct EvictionTests {
    /// Alive as long as a frame of user code holds it.
    final class Tracker: Sendable {
        let alive: Counter
        init(_ alive: Counter) {
            self.alive = alive
            alive.increment()
        }
        deinit { alive.increment(by: -1) }
    }

    enum Style: String, CaseIterable, Sendable {
        case plain, deferring, compensating, retryLoop, boundedSwallow, group, untilCancelled, handles, event
    }

    private static func body(_ style: Style, _ tracker: Tracker, _ context: OrchestrationContext) async throws {
        switch style {
        case .plain: _ = try await context.call(Work.never, "x")
        case .deferring:
            defer { _ = context.start(Work.echo, "must not be asked for") }
            try await context.sleep(for: .hours(1))
        case .compensating:
            do {
                _ = try await context.call(Work.never, "x")
            } catch {
                _ = try await context.call(Work.echo, "undo")
                throw error
            }
        case .retryLoop:
            while true {
                do { _ = try await context.call(Work.never, "x") } catch { try await context.sleep(for: .seconds(1)) }
            }
        case .boundedSwallow: for _ in 0..<20 { _ = try? await context.call(Work.never, "x") }
        case .group:
            async let one = context.call(Work.never, "x")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        defer { withExtendedLifetime(tracker) {} }
                        try await context.sleep(for: .hours(1))
                    }
                }
                try await group.waitForAll()
            }
            _ = try await one
        case .untilCancelled: while !Task.isCancelled { _ = try? await context.call(Work.never, "x") }
        case .handles:
            _ = try await context.all(
                (0..<5).map { context.start(Work.never, "\($0)", retry: RetryPolicy(maxAttempts: 3)) })
        case .event: _ = try await context.wait(for: Work.go, timeout: .hours(1))
        }
    }

    @Test("all frames are freed, nothing is recorded", arguments: Style.allCases)
    func frees(style: Style) {
        let alive = Counter()
        let contexts = Mutex<[WeakCore]>([])
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, String>("Evicted") { context in
                let tracker = Tracker(alive)
                contexts.withLock { $0.append(WeakCore(core: context.core)) }
                try await Self.body(style, tracker, context)
                withExtendedLifetime(tracker) {}
                return ""
            })
        let runner = LocalOrchestratorRunner(functions: functions)
        for _ in 0..<20 {
            let session = runner.session(replaying: [])
            let outcome = session.advance(Self.begin("Evicted"))
            #expect(outcome.completion == nil && !outcome.actions.isEmpty)
            #expect(alive.value == 1)
            session.evict()
            #expect(alive.value == 0)
        }
        #expect(contexts.withLock { $0.allSatisfy { $0.core == nil } }, "the core itself is gone too")
    }

    @Test("a session that is merely dropped is evicted")
    func dropped() {
        let alive = Counter()
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Void>("Evicted") { context in
                let tracker = Tracker(alive)
                try await Self.body(.plain, tracker, context)
                withExtendedLifetime(tracker) {}
            })
        _ = LocalOrchestratorRunner(functions: functions).session(replaying: []).advance(Self.begin("Evicted"))
        #expect(alive.value == 0)
    }

    @Test("code that never lets go is parked after a thousand refused calls")
    func parked() {
        let calls = Counter()
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Void>("Stubborn") { context in
                while true {
                    calls.increment()
                    _ = try? await context.call(Work.never, "x")
                }
            })
        let session = LocalOrchestratorRunner(functions: functions).session(replaying: [])
        _ = session.advance(Self.begin("Stubborn"))
        session.evict()
        #expect((1000...1010).contains(calls.value))
    }

    @Test("code that awaits something foreign is unwound when that comes back")
    func foreign() async throws {
        let gate = Gate()
        let gone = Watched(false)
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Void>("Foreign") { context in
                defer { gone.change { $0 = true } }
                await gate.pass()
                for _ in 0..<5 { _ = try? await context.call(Work.never, "x") }
                await Task.yield()
            })
        let host = ScriptedHost(functions, "Foreign")
        host.start()
        #expect(host.failure?.type == "ForeignAwait")
        gate.open()
        try await gone.wait(for: "the orchestrator to be unwound") { $0 ? () : nil }
    }

    @Test("a handle and a context kept beyond their instance do nothing and do not crash")
    func keptHandles() async {
        let kept = Mutex<(OrchestrationContext, DurableTask<String>)?>(nil)
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Void>("Leaky") { context in
                let task = context.start(Work.never, "x")
                kept.withLock { $0 = (context, task) }
                _ = try await task.value
            })
        let session = LocalOrchestratorRunner(functions: functions).session(replaying: [])
        _ = session.advance(Self.begin("Leaky"))
        session.evict()
        guard let (context, task) = kept.withLock({ $0 }) else { return }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        await #expect(throws: (any Error).self) { try await context.call(Work.echo, "x") }
        #expect(context.instanceID == "i")
    }

    static func begin(_ name: String) -> [HistoryEvent] {
        [
            .orchestratorStarted(Timestamp(microseconds: 1_700_000_000_000_000)),
            .executionStarted(ExecutionStarted(name: name, instanceID: "i", executionID: "e", input: .null)),
        ]
    }

    struct WeakCore: @unchecked Sendable {
        weak var core: OrchestratorCore?
    }
}
