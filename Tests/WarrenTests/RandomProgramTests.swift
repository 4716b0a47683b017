import Testing

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Random orchestrators: sequences, groups, `async let`, handles, races, timeouts, retries, caught failures.
///
/// Each seed decides the program, the order of answers and how they are batched. The program draws from its own
/// generator, seeded by its input, so that it is the same program on every replay.
@Suite("Random programs", .timeLimit(.minutes(5)))
struct RandomProgramTests {
    @Test("300 programs do the same live, evicted after every episode, and in any batching")
    func liveAgainstReplay() {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Int, String>("Random") { context, seed in
                var program = Program(context: context, generator: SplitMix64(state: UInt64(seed)))
                return try await program.run(depth: 0)
            })
        var events = 0
        for seed in 0..<300 {
            let runs = ScriptedHost.Mode.allCases.map { run(functions, seed, $0) }
            #expect(runs[0].trace == runs[1].trace, "seed \(seed)")
            #expect(runs[0].history == runs[1].history, "seed \(seed)")
            #expect(ReplayTester(functions: functions).fault(in: runs[0].history) == nil, "seed \(seed)")
            #expect(runs[0].completion != nil, "seed \(seed) does not end")
            events += runs[0].history.count
        }
        #expect(events > 5000)
    }

    private func run(_ functions: FunctionRegistry, _ seed: Int, _ mode: ScriptedHost.Mode) -> ScriptedHost {
        let host = ScriptedHost(functions, "Random", .integer(Int64(seed)), mode: mode)
        host.activities = standardActivities
        var order = SplitMix64(state: UInt64(seed) &* 977)
        var batches = order
        host.start()
        // Events come from nowhere in particular; enough of them for every wait.
        for number in 0..<40 {
            host.pending.append(
                .event(.eventRaised(name: number % 2 == 0 ? "Go" : "gO", input: Payload(json: "\(number)"))))
        }
        host.run(
            batch: { count in Int.random(in: 1...max(1, min(count, 4)), using: &batches) },
            pick: { count in Int.random(in: 0..<count, using: &order) })
        return host
    }

    private struct Program {
        let context: OrchestrationContext
        var generator: SplitMix64

        mutating func run(depth: Int) async throws -> String {
            var log = ""
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                log += try await step(depth: depth) + ";"
            }
            return log
        }

        private mutating func step(depth: Int) async throws -> String {
            let context = context
            let word = "\(Int.random(in: 0..<100, using: &generator))"
            switch Int.random(in: 0..<(depth < 2 ? 12 : 6), using: &generator) {
            case 0: return try await context.call(Work.echo, word)
            case 1:
                do { return try await context.call(Work.fail, word) } catch let failure as TaskFailure {
                    return "caught \(failure.details.type)"
                }
            case 2:
                try await context.sleep(for: .seconds(Int.random(in: 1...100, using: &generator)))
                return "slept \(context.now.timeIntervalSince1970) \(context.uuid())"
            case 3:
                let value = try await context.wait(
                    for: Work.go, timeout: .seconds(Int.random(in: 1...50, using: &generator)))
                return "event \(value.map(String.init) ?? "none")"
            case 4:
                await Task.yield()
                context.print(word)
                try context.setCustomStatus(word)
                return "yielded"
            case 5:
                do {
                    return try await context.call(
                        Work.fail, word, retry: RetryPolicy(maxAttempts: 3, firstInterval: .seconds(9), jitter: 0.9))
                } catch let failure as TaskFailure { return "gave up at \(failure.number)" }
            case 6, 7:
                let children = fork(Int.random(in: 1...5, using: &generator))
                return try await withThrowingTaskGroup(of: String.self) { group in
                    for child in children {
                        group.addTask {
                            var child = child
                            return try await child.run(depth: depth + 1)
                        }
                    }
                    // In the order in which they end, which is the order of the answers.
                    return try await group.reduce("group") { $0 + "," + $1 }
                }
            case 8:
                let forks = fork(2)
                async let left = forks[0].started(depth + 1)
                async let right = forks[1].started(depth + 1)
                return try await right + "|" + left
            case 9:
                let tasks = (0..<4).map { context.start(Work.echo, "\(word).\($0)") }
                var log = ""
                for task in tasks.reversed() { log += try await task.value }
                return log
            case 10:
                return try await withThrowingTaskGroup(of: String.self) { group in
                    group.addTask {
                        do { try await context.sleep(for: .seconds(3)) } catch is CancellationError { return "late" }
                        return "timer"
                    }
                    group.addTask { "go \(try await context.wait(for: Work.go))" }
                    group.addTask { try await context.call(Work.echo, word) }
                    let first = try await group.next() ?? ""
                    group.cancelAll()
                    var rest = ""
                    while let result = await group.nextResult() {
                        rest += (try? result.get()) ?? "cancelled"
                    }
                    return first + " beat " + rest
                }
            default:
                let timer = context.startTimer(for: .seconds(5))
                let echo = context.start(Work.echo, word)
                let event = context.startWaiting(for: Work.go)
                let winner = try await context.any(timer, echo, event)
                timer.cancel()
                event.cancel()
                return winner == timer ? "timer" : winner == echo ? try await echo.value : "event"
            }
        }

        private mutating func fork(_ count: Int) -> [Program] {
            (0..<count).map { _ in Program(context: context, generator: SplitMix64(state: generator.next())) }
        }

        private func started(_ depth: Int) async throws -> String {
            var copy = self
            return try await copy.run(depth: depth)
        }
    }
}

@Suite("Threads", .timeLimit(.minutes(5)))
struct ThreadTests {
    @Test("instances move between threads and run beside each other")
    func moving() async {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Int, Int>("Sum") { context, count in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<count { group.addTask { try await context.call(Work.double, number) } }
                    return try await group.reduce(0, +)
                }
            })
        let runner = LocalOrchestratorRunner(functions: functions)
        let time = Timestamp(microseconds: 0)
        let sums = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 {
                group.addTask { @concurrent in
                    let session = runner.session(replaying: [])
                    _ = session.advance([
                        .orchestratorStarted(time),
                        .executionStarted(
                            ExecutionStarted(name: "Sum", instanceID: "i", executionID: "e", input: "20")),
                    ])
                    var done = 0
                    for id in 0..<20 {
                        // After a yield the task goes on wherever a thread is free.
                        await Task.yield()
                        let outcome = session.advance([
                            .orchestratorStarted(time), .taskCompleted(id: id, result: Payload(json: "\(id * 2)")),
                        ])
                        if outcome.completion == .completed("380") { done += 1 }
                    }
                    session.evict()
                    return done
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sums == 64)
    }
}
