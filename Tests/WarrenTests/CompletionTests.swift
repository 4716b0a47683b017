import Testing

@testable import Warren

/// When an ended body ends its execution, and how long a history may become.
@Suite("Completion and limits", .timeLimit(.minutes(5)))
struct CompletionTests {
    private func host(
        closingTimers: Bool = false, historyLimit: Int = 1_000_000, _ body: @escaping Orchestration<Void, String>.Body
    ) -> ScriptedHost {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Flow"), closingTimers: closingTimers, body: body)
        let host = ScriptedHost(functions, "Flow")
        host.activities = standardActivities
        return host
    }

    @Test("a body that has ended says so, and the execution ends when its activities, children and timers have")
    func open() {
        struct Oops: Error {}
        for isThrowing in [false, true] {
            let host = host { context, _ in
                _ = context.start(Work.never, "a")
                _ = context.start(Work.echoChild, "b")
                _ = context.startTimer(for: .hours(1))
                _ = context.startWaiting(for: Work.go)
                if isThrowing { throw Oops() }
                return "done"
            }
            let end: RuntimeStatus = isThrowing ? .failed : .completed
            #expect(host.start().bodyEnd == end)
            #expect(host.episode([.taskCompleted(id: 0, result: "1")]).bodyEnd == end)
            #expect(
                host.episode([.subOrchestrationFailed(id: 1, failure: FailureDetails(type: "X", message: ""))]).bodyEnd
                    == end)
            // What is raised for it meanwhile does not open it again.
            #expect(host.raise("Go", .integer(1)).completion == nil)
            let last = host.episode([.timerFired(id: 2)])
            #expect(last.bodyEnd == nil)
            #expect(host.output == (isThrowing ? nil : "\"done\""))
            #expect(host.failure?.type == (isThrowing ? "Oops" : nil))
        }
    }

    @Test("with closingTimers the end of the body cancels open timers, and nothing else")
    func closing() {
        let body: Orchestration<Void, String>.Body = { context, _ in
            _ = context.startTimer(for: .hours(1))
            _ = context.startTimer(for: .hours(2))
            return "done"
        }
        let closed = host(closingTimers: true, body)
        let outcome = closed.start()
        #expect(outcome.actions.suffix(2) == [.cancelTimer(id: 0), .cancelTimer(id: 1)])
        #expect(closed.output == "\"done\"")
        #expect(host(body).start().bodyEnd == .completed)
    }

    @Test("with closingTimers a call goes on, with its pauses between attempts")
    func closingKeepsRetries() {
        let policy = RetryPolicy(maxAttempts: 2, firstInterval: .seconds(5))
        let host = host(closingTimers: true) { context, _ in
            let call = context.start(Work.fail, "X", retry: policy)
            _ = context.startTimer(for: .hours(1))
            await Task.yield()
            _ = call
            return "done"
        }
        #expect(host.start().bodyEnd == .completed)
        // The failure leads to a timer of the call, which is not cancelled.
        host.run()
        #expect(host.output == "\"done\"")
        #expect(host.actions.count { if case .taskScheduled = $0 { true } else { false } } == 2)
    }

    @Test("the length of the history is told, is the same on replay, and suggests to continue as new")
    func length() {
        let host = everywhere(
            Orchestration<Void, String>("Length") { context in
                var lengths: [Int] = []
                for _ in 0..<3 {
                    lengths.append(context.historyLength)
                    _ = try await context.call(Work.echo, "a")
                }
                return "\(lengths) \(context.shouldContinueAsNew)"
            })
        #expect(host.output == "\"[0, 3, 6] false\"")
        let long = everywhere(
            Orchestration<Void, String>("Long") { context in
                _ = try await context.all((0..<5000).map { context.start(Work.double, $0) })
                return "\(context.shouldContinueAsNew) \(context.historyLength)"
            }
        ) { host in
            host.start()
            host.run(batch: { _ in 2500 })
        }
        // Two events begin it, 5000 ask, 2500 answers and one episode before the last one.
        #expect(long.output == "\"false 7503\"")
    }

    @Test("an execution beyond the limit fails, and says what to do; one whose body has ended may end")
    func limit() {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Flow")) { context in
            _ = context.startTimer(for: .hours(1))
            while true { _ = try await context.wait(for: Work.go) }
        }
        let session = LocalOrchestratorRunner(functions: functions, historyLimit: OrchestratorCore.suggestedHistory)
            .session(replaying: [])
        defer { session.evict() }
        let started = ExecutionStarted(name: "Flow", instanceID: "i", executionID: "e", input: .null)
        let now = Timestamp(microseconds: 1_700_000_000_000_000)
        #expect(session.advance([.orchestratorStarted(now), .executionStarted(started)]).completion == nil)
        let crowd = Array(repeating: HistoryEvent.eventRaised(name: "Go", input: "1"), count: 9_998)
        #expect(session.advance([.orchestratorStarted(now)] + crowd).completion == nil)
        guard case .failed(let failure)? = session.advance([.orchestratorStarted(now)]).completion else {
            Issue.record("it goes on")
            return
        }
        #expect(failure.type == "HistoryTooLong")
        #expect(failure.isNonRetriable)
        #expect(failure.message.contains("10002 events, and 10000 are allowed"))
    }
}
