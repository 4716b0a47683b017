import Testing

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Timers and events", .timeLimit(.minutes(5)))
struct TimerAndEventTests {
    @Test("time stands still within an episode and goes on between episodes")
    func clock() {
        let host = everywhere(
            Orchestration<Void, [Double]>("Clock") { context in
                let begin = context.now
                let same = context.now.timeIntervalSince(begin)
                try await context.sleep(for: .minutes(5))
                let after = context.now.timeIntervalSince(begin)
                try await context.sleep(until: begin)
                return [same, after >= 300 ? 1 : 0, context.now.timeIntervalSince(begin) > after ? 1 : 0]
            })
        #expect(host.output == "[0,1,1]")
        #expect(host.actions.count == 2)
    }

    @Test("an open activity, child or timer keeps a returned instance running, an event wait does not")
    func completionRule() {
        let host = everywhere(
            Orchestration<Void, String>("Open") { context in
                _ = context.start(Work.never, "x")
                _ = context.start(Orchestration<String, String>("Never"), "y")
                _ = context.startTimer(for: .hours(1))
                _ = context.startWaiting(for: Work.go)
                return "done"
            }
        ) { host in
            #expect(host.start().completion == nil)
            #expect(host.episode([.taskCompleted(id: 0, result: "1")]).completion == nil)
            #expect(host.raise("Go", 1).completion == nil)
            #expect(
                host.episode([.subOrchestrationFailed(id: 1, failure: FailureDetails(type: "T", message: ""))])
                    .completion == nil)
            #expect(host.episode([.timerFired(id: 2)]).completion == .completed("\"done\""))
        }
        #expect(host.output == "\"done\"")
    }

    @Test("a thrown error is held back likewise, and a cancelled timer holds nothing")
    func completionRuleForErrors() {
        struct Wrong: Error {}
        let host = everywhere(
            Orchestration<Void, String>("Open") { context in
                let timer = context.startTimer(for: .days(30))
                _ = context.start(Work.never, "x")
                timer.cancel()
                timer.cancel()
                throw Wrong()
            }
        ) { host in
            #expect(host.start().completion == nil)
            host.episode([.taskCompleted(id: 1, result: "1")])
        }
        #expect(host.failure == FailureDetails(type: "Wrong", message: "Wrong()"))
        #expect(host.trace.filter { $0.hasPrefix("cancelTimer") }.count == 1)
    }

    @Test("events are kept for later waits, by name without regard to case, oldest first")
    func buffering() {
        let host = everywhere(
            Orchestration<Void, [Int]>("Buffer") { context in
                var seen: [Int] = []
                _ = try await context.call(Work.never, "gate")
                for _ in 0..<4 { seen.append(try await context.wait(for: Work.go)) }
                return seen
            }
        ) { host in
            host.start([.eventRaised(name: "GO", input: "1")])
            host.episode([.eventRaised(name: "go", input: "2"), .eventRaised(name: "Other", input: "0")])
            host.episode([.taskCompleted(id: 0, result: "\"\""), .eventRaised(name: "Go", input: "3")])
            _ = host.raise("gO", 4)
        }
        #expect(host.output == "[1,2,3,4]")
    }

    @Test("several waiters of one name are served in the order they asked")
    func fairness() {
        let host = everywhere(
            Orchestration<Void, [Int]>("Fair") { context in
                let first = context.startWaiting(for: Work.go)
                let second = context.startWaiting(for: Work.go)
                async let third = context.wait(for: Work.go)
                let tail = [try await second.value, try await first.value]
                return tail + [try await third]
            }
        ) { host in
            host.start()
            for number in Int64(1)...3 { _ = host.raise("Go", .integer(number)) }
        }
        #expect(host.output == "[2,1,3]")
    }

    @Test("waiting with a timeout gives the event and takes the timer back, or gives nil")
    func timeout() {
        let host = everywhere(
            Orchestration<Void, [Int?]>("Timeout") { context in
                [
                    try await context.wait(for: Work.go, timeout: .hours(72)),
                    try await context.wait(for: Work.go, timeout: .hours(72)),
                    try await context.wait(for: Work.go, timeout: .hours(72)),
                ]
            }
        ) { host in
            host.start()
            _ = host.raise("Go", 1)
            host.episode([.timerFired(id: 1), .eventRaised(name: "Go", input: "3")])
        }
        #expect(host.output == "[1,null,3]")
        #expect(host.trace.contains("cancelTimer(id: 0)"))
    }

    @Test("an event that is there already needs no timer")
    func noTimer() {
        let host = everywhere(
            Orchestration<Void, Int?>("NoTimer") { context in
                _ = try await context.call(Work.echo, "x")
                return try await context.wait(for: Work.go, timeout: .hours(72))
            }
        ) { host in
            host.start([.eventRaised(name: "Go", input: "1")])
            host.run()
        }
        #expect(host.output == "1")
        #expect(host.actions.count == 1)
    }

    @Test("a waiter that was timed out, cancelled or lost its task swallows no event")
    func swallowing() {
        let host = everywhere(
            Orchestration<Void, [Int]>("Swallow") { context in
                _ = try await context.wait(for: Work.go, timeout: .seconds(1))
                let handle = context.startWaiting(for: Work.go)
                handle.cancel()
                do {
                    async let _ = context.wait(for: Work.go)
                    _ = try await context.call(Work.never, "let it begin to wait")
                }
                return [try await context.wait(for: Work.go)]
            }
        ) { host in
            host.start()
            host.episode([.timerFired(id: 0)])
            host.episode([.taskCompleted(id: 1, result: "\"\""), .eventRaised(name: "Go", input: "7")])
        }
        #expect(host.output == "[7]")
    }

    @Test("leaving an async let or cancelling a group takes timers back and cancels activities")
    func structuredRace() {
        let host = everywhere(
            Orchestration<Void, String>("Race") { context in
                let winner = try await withThrowingTaskGroup(of: String.self) { group in
                    group.addTask {
                        try await context.sleep(for: .hours(72))
                        return "timeout"
                    }
                    group.addTask { try await context.call(Work.echo, "echo") }
                    group.addTask { try await context.call(Work.never, "never") }
                    defer { group.cancelAll() }
                    return try await group.next() ?? "none"
                }
                async let _ = context.sleep(for: .hours(72))
                _ = try await context.call(Work.echo, "again")
                return winner
            }
        ) { host in
            host.run()
        }
        #expect(host.output == "\"echo\"")
        #expect(
            host.trace.filter { $0.hasPrefix("cancelT") }.sorted() == [
                "cancelTask(id: 2)", "cancelTimer(id: 0)", "cancelTimer(id: 4)",
            ])
    }

    @Test("in a cancelled child task nothing new is asked for; start still works")
    func cancelledChild() {
        let host = everywhere(
            Orchestration<Void, [String]>("Cancelled") { context in
                let undo = try await withThrowingTaskGroup(of: DurableTask<String>?.self) { group in
                    group.addTask {
                        do { try await context.sleep(for: .hours(1)) } catch is CancellationError {
                            do { _ = try await context.call(Work.echo, "refused") } catch is CancellationError {}
                        }
                        return context.start(Work.echo, "undo")
                    }
                    _ = try await context.call(Work.echo, "x")
                    group.cancelAll()
                    return try await group.next() ?? nil
                }
                return [try await undo?.value ?? "none"]
            })
        #expect(host.output == "[\"undo\"]")
        #expect(host.actions.count == 3)
    }

    @Test("any forgets its losers: a long loop over one event leaves no waiters behind")
    func losers() {
        let host = everywhere(
            Orchestration<Void, Int>("Losers") { context in
                let stop = context.startWaiting(for: Work.ping)
                var rounds = 0
                while true {
                    let timer = context.startTimer(for: .seconds(1))
                    let winner = try await context.any(stop, timer)
                    if winner == stop {
                        timer.cancel()
                        return rounds * 1000 + stop.slot.waiterCount
                    }
                    rounds += 1
                }
            }
        ) { host in
            host.start()
            for id in 0..<50 { host.episode([.timerFired(id: id)]) }
            _ = host.raise("ping")
        }
        #expect(host.output == "50000")
    }

    @Test("while suspended everything is held in order; resuming applies it")
    func suspension() {
        let host = everywhere(
            Orchestration<Void, [Int]>("Suspended") { context in
                [try await context.call(Work.double, 1), try await context.wait(for: Work.go)]
            }
        ) { host in
            host.start([.executionSuspended(reason: "hold")])
            for held in [host.episode([.taskCompleted(id: 0, result: "2")]), host.raise("Go", 5)] {
                #expect(held.actions.isEmpty && held.customStatus == nil && held.completion == nil)
            }
            host.episode([.executionResumed(reason: nil)])
        }
        #expect(host.output == "[2,5]")
    }

    @Test("sent events and detached starts are numbered and answered by nobody")
    func oneWay() {
        let host = everywhere(
            Orchestration<Void, String>("OneWay") { context in
                try context.send(Work.go, 3, to: "other")
                try context.send(Work.ping, to: "other")
                let id = try context.startDetached(Work.echoChild, "x", at: context.now)
                return id + " " + (try await context.call(Work.echo, "y"))
            })
        #expect(host.output == "\"execution-1:2 y\"")
        #expect(host.actions.map(\.actionID) == [0, 1, 2, 3])
        #expect(host.actions[0] == .eventSent(id: 0, instanceID: "other", name: "Go", input: "3"))
    }
}
