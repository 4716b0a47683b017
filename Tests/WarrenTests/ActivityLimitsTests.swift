import Testing

@testable import Warren

/// What a call of an activity says besides its name and input, and how it is given up.
@Suite("Limits and cancellation of activities", .timeLimit(.minutes(5)))
struct ActivityLimitsTests {
    private static let limits = ActivityTimeouts(
        scheduleToStart: .seconds(1), startToClose: .milliseconds(1500), heartbeat: .seconds(2), total: .minutes(5))

    private func terms(_ host: ScriptedHost) -> [TaskTerms] {
        host.actions.compactMap { if case .taskScheduled(_, _, _, let terms) = $0 { terms } else { nil } }
    }

    private func canceled(_ host: ScriptedHost) -> [Int] {
        host.history.compactMap { if case .taskCanceled(let id) = $0 { id } else { nil } }
    }

    // MARK: Limits

    @Test("the limits of a call are recorded with it, a plain duration is the total, and a call without any has none")
    func recording() {
        let host = everywhere(
            Orchestration<Void, String>("Limits") { context in
                _ = try await context.call(Work.echo, "a", timeout: Self.limits)
                _ = try await context.call(Work.echo, "b", timeout: .seconds(20))
                _ = try await context.start(Work.echo, "c", timeout: ActivityTimeouts(heartbeat: .seconds(9))).value
                _ = try await context.callActivity(named: "Echo", "d", timeout: Self.limits)
                return try await context.call(Work.echo, "e")
            })
        #expect(host.output == "\"e\"")
        #expect(
            terms(host).map(\.timeouts) == [
                Self.limits, ActivityTimeouts(total: .seconds(20)), ActivityTimeouts(heartbeat: .seconds(9)),
                Self.limits, .none,
            ])
    }

    @Test(
        "a limit that is not positive is an error with words, and nothing is called",
        arguments: [
            (ActivityTimeouts(scheduleToStart: .zero), "scheduleToStart"),
            (ActivityTimeouts(startToClose: .seconds(-1)), "startToClose"),
            (ActivityTimeouts(heartbeat: .milliseconds(999)), "heartbeat"), (ActivityTimeouts(total: .zero), "total"),
        ])
    func validation(limits: ActivityTimeouts, field: String) {
        let host = everywhere(
            Orchestration<Void, String>("Bad") { context in
                try await context.call(
                    Work.echo, "a", retry: RetryPolicy(maxAttempts: 2), timeout: limits)
            })
        #expect(host.failure?.message.hasPrefix("invalidTimeout: Timeouts: \(field) must be ") == true)
        #expect(host.actions.isEmpty)
    }

    @Test("limits longer than time itself are kept as long as can be, and the shortest as a microsecond")
    func extremes() {
        let limits = ActivityTimeouts(startToClose: .nanoseconds(1), total: .seconds(Int64.max))
        #expect(limits.startToClose == .microseconds(1))
        #expect(limits.total == .longest)
        #expect(ActivityTimeouts().isEmpty && !limits.isEmpty)
    }

    @Test("the total covers all attempts: each knows what is spent, and none begins after it")
    func total() {
        let host = everywhere(
            Orchestration<Void, String>("Total") { context in
                try await context.call(
                    Work.fail, "Busy", retry: RetryPolicy(maxAttempts: 100, firstInterval: .seconds(10)),
                    timeout: .seconds(30))
            })
        let spent = terms(host).map(\.spent)
        #expect(spent.first == .zero)
        #expect(spent.count == 3, "\(spent)")
        #expect(spent == spent.sorted() && spent.allSatisfy { $0 < .seconds(30) })
        #expect(host.failure?.rootCause.type == "Busy")
    }

    @Test("a limit that ran out is a failure of its own type, which the orchestrator can tell apart")
    func failures() {
        for limit in [ActivityTimeout.scheduleToStart, .startToClose, .heartbeat, .total] {
            let host = everywhere(
                Orchestration<Void, String>("Caught") { context in
                    do {
                        return try await context.call(Work.never, "x", timeout: .seconds(1))
                    } catch let failure as TaskFailure {
                        return failure.timeout?.description ?? "none"
                    }
                }
            ) { host in
                host.start()
                host.episode([.taskFailed(id: 0, failure: FailureDetails(type: limit.failureType, message: "m"))])
            }
            #expect(host.output == "\"\(limit)\"")
        }
        #expect(FailureDetails(type: "Busy", message: "").timeout == nil)
        #expect(
            TaskFailure(
                kind: .subOrchestration, name: "S", number: 0, details: .init(type: "TotalTimeout", message: "")
            ).timeout == nil)
    }

    // MARK: Retries

    @Test("attempts are numbered in what is called and in the failure that surfaces")
    func numbers() {
        let host = everywhere(
            Orchestration<Void, Int>("Numbers") { context in
                do {
                    _ = try await context.call(Work.fail, "Busy", retry: RetryPolicy(maxAttempts: 4))
                    return 0
                } catch let failure as TaskFailure {
                    return failure.attempt
                }
            })
        #expect(terms(host).map(\.attempt) == [1, 2, 3, 4])
        #expect(host.output == "4")
    }

    @Test("a handler decides by attempt, failure and elapsed time, the same on replay; its throw stops")
    func handler() {
        struct Odd: Error {}
        func attempts(_ policy: RetryPolicy) -> Int {
            terms(
                everywhere(
                    Orchestration<Void, String>("Handled") { context in
                        try await context.call(Work.fail, "Busy", retry: policy)
                    })
            ).count
        }
        #expect(attempts(RetryPolicy(maxAttempts: 9, retryIf: { $0.attempt < 3 })) == 3)
        #expect(attempts(RetryPolicy(maxAttempts: 9, retryIf: { $0.failure.type == "Other" })) == 1)
        #expect(
            attempts(
                RetryPolicy(maxAttempts: 9, firstInterval: .seconds(10), retryIf: { $0.elapsed < .seconds(15) })) == 3)
        #expect(attempts(RetryPolicy(maxAttempts: 9, retryIf: { _ in throw Odd() })) == 1)
        #expect(attempts(RetryPolicy(maxAttempts: 9, handle: { _ in false }, retryIf: { _ in true })) == 1)
    }

    @Test("a type that is named as not worth a retry stops, itself or as a cause")
    func nonRetriableTypes() {
        func attempts(_ failure: FailureDetails) -> Int {
            let host = everywhere(
                Orchestration<Void, String>("Named") { context in
                    try await context.call(
                        Work.never, "x", retry: RetryPolicy(maxAttempts: 3, nonRetriableTypes: ["Declined"]))
                }
            ) { host in
                host.start()
                host.episode([.taskFailed(id: 0, failure: failure)])
            }
            return host.actions.count
        }
        let declined = FailureDetails(type: "Declined", message: "")
        #expect(attempts(declined) == 1)
        #expect(attempts(FailureDetails(type: "Outer", message: "", inner: [declined])) == 1)
        #expect(attempts(FailureDetails(type: "Busy", message: "")) == 2)
    }

    // MARK: Cancellation

    @Test("cancelling a handle gives the activity up once, its value throws, and a late answer changes nothing")
    func handle() {
        let host = everywhere(
            Orchestration<Void, String>("Cancel") { context in
                let task = context.start(Work.never, "x")
                _ = try await context.wait(for: Work.go)
                task.cancel()
                task.cancel()
                do {
                    return try await task.value
                } catch is CancellationError {
                    _ = try await context.wait(for: Work.go)
                    return "canceled"
                }
            }
        ) { host in
            host.start()
            host.raise("Go", 1)
            host.episode([.taskCompleted(id: 0, result: "\"late\"")])
            host.raise("Go", 2)
        }
        #expect(host.output == "\"canceled\"")
        #expect(canceled(host) == [0])
    }

    @Test("an answered activity is not cancelled, and its value stays")
    func answered() {
        let host = everywhere(
            Orchestration<Void, String>("Answered") { context in
                let task = context.start(Work.echo, "x")
                let value = try await task.value
                task.cancel()
                return value + (try await task.value)
            })
        #expect(host.output == "\"xx\"")
        #expect(canceled(host).isEmpty)
    }

    @Test(
        "a retried call is cancelled in an attempt and in a delay, and makes no further attempt",
        arguments: [true, false])
    func retried(duringDelay: Bool) {
        let host = everywhere(
            Orchestration<Void, String>("Retried") { context in
                let task = context.start(
                    Work.never, "x", retry: RetryPolicy(maxAttempts: 9, firstInterval: .days(1)))
                _ = try await context.wait(for: Work.go)
                task.cancel()
                do { return try await task.value } catch is CancellationError { return "canceled" }
            }
        ) { host in
            host.start()
            if duringDelay {
                host.episode([.taskFailed(id: 0, failure: FailureDetails(type: "Busy", message: ""))])
            }
            host.raise("Go", 1)
        }
        #expect(host.output == "\"canceled\"")
        #expect(canceled(host) == (duringDelay ? [] : [0]))
        #expect(terms(host).count == 1)
        #expect(host.pending.isEmpty, "the delay's timer is cancelled")
    }

    @Test("a cancelled Swift task gives up the call that it waits for")
    func taskGroup() {
        let host = everywhere(
            Orchestration<Void, String>("Group") { context in
                try await withThrowingTaskGroup(of: String.self) { group in
                    group.addTask { try await context.call(Work.never, "slow") }
                    group.addTask { try await context.call(Work.echo, "quick") }
                    let first = try await group.next() ?? "none"
                    group.cancelAll()
                    return first
                }
            })
        #expect(host.output == "\"quick\"")
        #expect(canceled(host).count == 1)
    }

    @Test("an activity that lost a race keeps a finished instance open no longer, one that was not in a race does")
    func losers() {
        let host = everywhere(
            Orchestration<Void, String>("Race") { context in
                let quick = context.start(Work.echo, "quick")
                let slow = context.start(Work.never, "slow")
                let retried = context.start(Work.never, "retried", retry: RetryPolicy(maxAttempts: 3))
                let other = context.start(Work.never, "other")
                let winner = try await context.any([quick, slow, retried])
                _ = other
                return try await winner.value
            }
        ) { host in
            host.start()
            host.deliver(batch: 1, pick: { _ in 0 })
            #expect(host.completion == nil, "the one that was in no race holds it")
            host.episode([.taskCompleted(id: 3, result: "\"x\"")])
        }
        #expect(host.output == "\"quick\"")
        #expect(canceled(host) == [1, 2])
    }

    @Test("a loser whose result is awaited after all is not cancelled, and goes on while the instance continues as new")
    func awaitedLoser() {
        let host = everywhere(
            Orchestration<Void, String>("Patient") { context in
                let quick = context.start(Work.echo, "quick")
                let slow = context.start(Work.never, "slow")
                _ = try await context.any([quick, slow])
                return try await slow.value
            }
        ) { host in
            host.start()
            host.deliver(batch: 1, pick: { _ in 0 })
            host.episode([.taskCompleted(id: 1, result: "\"slow\"")])
        }
        #expect(host.output == "\"slow\"")
        #expect(canceled(host).isEmpty)
        let again = everywhere(
            Orchestration<Void, Void>("Again") { context in
                let quick = context.start(Work.echo, "quick")
                let slow = context.start(Work.never, "slow")
                _ = try await context.any([quick, slow])
                try context.continueAsNew()
            }
        ) { host in
            host.start()
            host.deliver(batch: 1, pick: { _ in 0 })
        }
        #expect(canceled(again).isEmpty)
    }

    // MARK: Records

    @Test("terms, cancellations and heartbeats are stored and exported as they are")
    func codec() throws {
        let events: [HistoryEvent] = [
            .taskScheduled(id: 1, name: "T", input: "1", terms: TaskTerms(timeouts: Self.limits)),
            .taskScheduled(
                id: 7, name: "T", input: "1",
                terms: TaskTerms(
                    retryOf: 1, attempt: 3, timeouts: ActivityTimeouts(total: .seconds(3)), spent: .milliseconds(1))),
            .taskScheduled(id: 9, name: "T", input: "1", terms: TaskTerms(retryOf: 1, attempt: 4)),
            .taskScheduled(id: 9, name: "T", input: "1", terms: TaskTerms(retryOf: 1, attempt: 2)),
            .taskCanceled(id: 9), .taskHeartbeat(id: 7, details: #"{"row":12}"#),
        ]
        for event in events {
            #expect(try HistoryCodec.decode(HistoryCodec.encode([event])) == [event])
            #expect(try HistoryEvent.history(json: Payload(json: "[\(event.jsonObject)]")) == [event])
        }
        #expect(
            events[1].jsonObject.json
                == #"{"attempt":3,"id":7,"input":1,"name":"T","retryOf":1,"timeouts":{"spent":1000,"total":3000000},"type":"TaskScheduled"}"#
        )
        // What stands in files stays readable.
        #expect(HistoryCodec.encode([events[5]]).prefix(3) == [1, 35, 14])
        #expect(HistoryCodec.encode([events[4]]).prefix(3) == [1, 5, 18], "versions before read it as a failure")
        let plain = HistoryEvent.taskScheduled(id: 0, name: "T", input: "1")
        #expect(HistoryCodec.encode([plain])[1] == 3, "a call without terms is written as before")
    }
}
