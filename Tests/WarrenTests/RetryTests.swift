import Testing

@testable import Warren

@Suite("Retries", .timeLimit(.minutes(5)))
struct RetryTests {
    /// The delays between attempts, in seconds, and how often it was tried.
    private func delays(_ host: ScriptedHost) -> [Int] {
        var created: [Int: Timestamp] = [:]
        var delays: [Int] = []
        var clock = Timestamp(microseconds: 0)
        for event in host.history {
            if case .orchestratorStarted(let time) = event { clock = time }
            if case .timerCreated(let id, let fireAt) = event {
                created[id] = clock
                delays.append(Int(fireAt.duration(since: clock).components.seconds))
            }
        }
        return delays
    }

    private func attempts(_ host: ScriptedHost) -> [Int] {
        host.actions.compactMap { if case .taskScheduled(let id, "Fail", _, _) = $0 { id } else { nil } }
    }

    private func run(_ policy: RetryPolicy, failing type: String = "Busy") -> ScriptedHost {
        everywhere(
            Orchestration<String, String>("Retry") { context, type in
                try await context.call(Work.fail, type, retry: policy)
            }, .string(type))
    }

    @Test("each attempt is a timer and a new task with a new number; the last failure surfaces")
    func attempts() {
        let host = run(RetryPolicy(maxAttempts: 3, firstInterval: .seconds(5)))
        #expect(attempts(host) == [0, 2, 4])
        #expect(delays(host) == [5, 5])
        #expect(host.failure?.message == "Activity 'Fail' (#4) failed: Busy: as asked")
    }

    @Test("a later attempt is recorded as one of the first, whatever else is asked for meanwhile")
    func firstAttempt() {
        let policy = RetryPolicy(maxAttempts: 2, firstInterval: .seconds(5))
        let host = everywhere(
            Orchestration<String, String>("Two") { context, type in
                let one = context.start(Work.fail, type, retry: policy)
                let two = context.start(Work.fail, type, retry: policy)
                _ = try? await one.value
                return try await two.value
            }, "Busy")
        let attempts = host.actions.compactMap { event -> [Int?]? in
            if case .taskScheduled(let id, _, _, let terms) = event { [id, terms.retryOf] } else { nil }
        }
        #expect(attempts == [[0, nil], [1, nil], [4, 0], [5, 1]])
    }

    @Test("delays grow by the coefficient up to the longest, and end at the timeout")
    func backoff() {
        let growing = RetryPolicy(
            maxAttempts: 6, firstInterval: .seconds(2), backoffCoefficient: 3, maxInterval: .seconds(20))
        #expect(delays(run(growing)) == [2, 6, 18, 20, 20])
        let timed = RetryPolicy(maxAttempts: 100, firstInterval: .seconds(10), timeout: .seconds(30))
        #expect((2...3).contains(delays(run(timed)).count))
        let huge = RetryPolicy(maxAttempts: 3, firstInterval: .days(1), backoffCoefficient: 1e300)
        #expect(delays(run(huge)) == [86_400, 6 * 86_400])
    }

    @Test("a non-retriable failure, a handler's no and a handler's throw stop at once with the original failure")
    func stopping() {
        struct Odd: Error {}
        var policy = RetryPolicy(maxAttempts: 5, handle: { $0.type != "Declined" })
        #expect(attempts(run(policy, failing: "Declined")) == [0])
        #expect(attempts(run(policy)).count == 5)
        policy.handle = { _ in throw Odd() }
        let host = run(policy)
        #expect(attempts(host) == [0])
        #expect(host.failure?.rootCause.type == "Busy")
        let fatal = everywhere(
            Orchestration<Void, Void>("Fatal") { context in
                try await context.call(Work.fatal, retry: RetryPolicy(maxAttempts: 5))
            })
        #expect(fatal.actions.count == 1)
        #expect(fatal.failure?.isNonRetriable == true)
    }

    @Test(
        "a bad policy is an error with words",
        arguments: [
            RetryPolicy(maxAttempts: 0), RetryPolicy(maxAttempts: 2, firstInterval: .zero),
            RetryPolicy(maxAttempts: 2, backoffCoefficient: 0.5), RetryPolicy(maxAttempts: 2, maxInterval: .zero),
            RetryPolicy(maxAttempts: 2, timeout: .zero), RetryPolicy(maxAttempts: 2, jitter: 2),
        ])
    func validation(policy: RetryPolicy) {
        let host = run(policy)
        #expect(host.failure?.message.hasPrefix("invalidRetryPolicy: Retry policy: ") == true)
        #expect(host.actions.isEmpty)
    }

    @Test("jitter shortens delays, spreads instances, and is the same on replay")
    func jitter() {
        let policy = RetryPolicy(maxAttempts: 2, firstInterval: .seconds(1000), jitter: 0.5)
        // A seed decides about the pauses of recorded histories.
        #expect(SplitMix64.seed("e0:0") == 0xccb5_1761_a143_e4aa)
        let spread = (0..<50).map { policy.delay(afterAttempt: 1, seed: SplitMix64.seed("e\($0):0")) }
        #expect(spread.allSatisfy { $0 >= .seconds(500) && $0 <= .seconds(1000) })
        #expect(Set(spread).count == 50)
        #expect(delays(run(policy)).count == 1)
    }

    @Test("a retried handle goes on by itself, also after the orchestrator returned")
    func unattended() {
        let host = everywhere(
            Orchestration<Void, String>("Leave") { context in
                _ = context.start(Work.fail, "Busy", retry: RetryPolicy(maxAttempts: 3))
                return "left"
            })
        #expect(attempts(host) == [0, 2, 4])
        #expect(host.output == "\"left\"")
    }

    @Test("cancelling the surrounding task ends the attempts and takes the delay's timer back")
    func cancelling() {
        let host = everywhere(
            Orchestration<Void, String>("Race") { context in
                async let _ = context.call(
                    Work.fail, "Busy", retry: RetryPolicy(maxAttempts: 9, firstInterval: .days(1)))
                return try await context.call(Work.echo, "quick")
            }
        ) { host in
            host.start()
            host.run(pick: { _ in 0 })
        }
        #expect(host.output == "\"quick\"")
        #expect(attempts(host).count <= 1)
    }

    @Test("a child with a chosen ID keeps it over attempts, others get new ones")
    func children() {
        func ids(_ id: String?) -> [String] {
            everywhere(
                Orchestration<String?, String>("Parent") { context, id in
                    try await context.call(Work.failChild, "x", retry: RetryPolicy(maxAttempts: 2), id: id)
                }, id.map { .string($0) } ?? .null
            ).actions.compactMap { if case .subOrchestrationCreated(_, _, let id, _, _) = $0 { id } else { nil } }
        }
        #expect(ids("child") == ["child", "child"])
        #expect(ids(nil) == ["execution-1:0", "execution-1:2"])
    }
}
