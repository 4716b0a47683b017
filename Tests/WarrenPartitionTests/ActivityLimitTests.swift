import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// What a partition does about the time limits, the heartbeats and the cancellation of activities.
@Suite("Limits, heartbeats and cancellation of activities", .timeLimit(.minutes(5)))
struct ActivityLimitTests {
    /// A partition with one instance that has called an activity, and does nothing else unless it is told to.
    private final class Called {
        let bench: PartitionBench
        let began: Step

        init(_ terms: TaskTerms = TaskTerms(), _ script: ((HistoryEvent) -> EpisodeOutcome?)? = nil) throws {
            bench = try PartitionBench()
            bench.executor.script = { event in
                if let outcome = script?(event) { return outcome }
                guard case .executionStarted = event else { return EpisodeOutcome() }
                return EpisodeOutcome(actions: [.scheduleTask(id: 0, name: "Act", input: .null, terms: terms)])
            }
            let start = StartCommand(
                name: "Known", instanceID: "i", input: .null, context: CommandContext(messageKey: "s", bodyHash: 1))
            began = try bench.keep(bench.step(.command(.start(start))))
        }

        var executionID: String { bench.rows.instance("i")?.executionID ?? "" }

        func token(_ id: Int = 0) -> TaskToken {
            TaskToken(partition: 0, instanceID: "i", executionID: executionID, taskID: id)
        }

        @discardableResult
        func hear(_ outcome: WorkResult.Outcome, attempt: Int? = 1, of id: Int = 0) throws -> Step {
            try bench.keep(
                bench.step(.command(.workResult(WorkResult(token: token(id), outcome: outcome, attempt: attempt)))))
        }

        @discardableResult
        func beat(_ details: Payload? = nil, worker: String? = nil, attempt: Int? = 1) throws -> Step {
            try hear(.heartbeat(lease: .seconds(60), details: details, worker: worker), attempt: attempt)
        }

        /// Moves the clock, and applies what is due.
        @discardableResult
        func pass(_ time: Duration) throws -> Step {
            bench.now = bench.now.advanced(by: time)
            return try bench.keep(bench.step(alarms: true))
        }

        func control(_ verb: ControlCommand.Verb) throws -> Step {
            try bench.keep(bench.step(.command(.control(ControlCommand(instanceID: "i", verb: verb)))))
        }

        var history: [HistoryEvent] {
            get throws {
                let record = try #require(bench.rows.instance("i"))
                return try bench.rows.history(of: record.key, generation: record.generation)
                    .flatMap(HistoryCodec.decode)
            }
        }

        var failures: [FailureDetails] {
            get throws { try history.compactMap { if case .taskFailed(_, let failure) = $0 { failure } else { nil } } }
        }

        var rows: RecoveredPartition { bench.rows.recover() }

        func items(of step: Step) throws -> [WorkItem] {
            try step.rows.flatMap(\.encoded).filter { $0.properties.type == WireType.work }.map {
                try WorkItemCodec(hub: bench.names).decode(bench.wire.received($0)).get().item
            }
        }

        func cancellations(in step: Step) -> [(key: String, WorkCancellation)] {
            step.rows.flatMap(\.encoded).compactMap { message in
                WorkCancellationCodec(hub: bench.names).decode(bench.wire.received(message)).map {
                    (message.exchange.isEmpty ? message.routingKey : "\(message.exchange) \(message.routingKey)", $0)
                }
            }
        }
    }

    private struct Missing: Error {}

    // MARK: Time limits

    @Test("A call without limits writes no more than before: its history, its row, its message")
    func plainCall() throws {
        let called = try Called()
        #expect(called.began.commit.timers.isEmpty && called.began.commit.leases.isEmpty)
        let done = try called.hear(.completed(.null))
        #expect(done.commit.removedTimers.isEmpty && done.commit.removedLeases.isEmpty)
        let item = try #require(try called.items(of: called.began).first)
        #expect(item.timeouts.isEmpty && item.retryAttempt == 1 && item.previousHeartbeat == nil)
        let headers = called.began.rows.flatMap(\.encoded).first { $0.properties.type == WireType.work }?.properties
            .headers
        #expect(headers?.count == 7)
    }

    @Test("An activity that nobody begins with fails after its time, for good, with the names that are served")
    func scheduleToStart() throws {
        let called = try Called(TaskTerms(timeouts: ActivityTimeouts(scheduleToStart: .seconds(5))))
        #expect(try called.items(of: called.began).first?.timeouts.scheduleToStart == .seconds(5))
        try called.pass(.milliseconds(4999))
        #expect(try called.failures.isEmpty)
        let fired = try called.pass(.milliseconds(1))
        let failure = try #require(try called.failures.first)
        #expect(failure.timeout == .scheduleToStart && failure.isNonRetriable)
        #expect(failure.message.contains("'Served'") && failure.message.contains("5.0 seconds"))
        #expect(called.cancellations(in: fired).map(\.key) == ["bench.activity @cancel"])
        #expect(called.rows.timers.isEmpty && called.rows.leases.isEmpty)
        // A worker that begins later is told to stop, and its answer is dropped.
        let late = try called.beat(worker: "reply.w")
        #expect(called.cancellations(in: late).map(\.key) == ["reply.w"])
        #expect(try called.hear(.completed(.null)).commit.history.isEmpty)
    }

    @Test("The wait ends with the first sign of life; then the run has its own time, which is worth a retry")
    func startToClose() throws {
        let called = try Called(
            TaskTerms(timeouts: ActivityTimeouts(scheduleToStart: .seconds(5), startToClose: .seconds(30))))
        try called.pass(.seconds(4))
        try called.beat(worker: "reply.w")
        try called.pass(.seconds(29))
        try called.beat(Payload(json: "7"))
        #expect(try called.failures.isEmpty)
        let fired = try called.pass(.seconds(1))
        let failure = try #require(try called.failures.first)
        #expect(failure.timeout == .startToClose && !failure.isNonRetriable)
        #expect(failure.details == Payload(json: "7"), "the details of the last heartbeat")
        #expect(called.cancellations(in: fired).map(\.key) == ["reply.w"])
        #expect(called.cancellations(in: fired).map(\.1.reason) == [.timeout])
        #expect(called.rows.timers.isEmpty && called.rows.leases.isEmpty)
    }

    @Test("The time between heartbeats replaces the lease: silence fails the attempt instead of giving it to another")
    func heartbeatLimit() throws {
        let called = try Called(TaskTerms(timeouts: ActivityTimeouts(heartbeat: .seconds(10))))
        try called.beat()
        for _ in 0..<5 {
            try called.pass(.seconds(9))
            try called.beat(Payload(json: "1"))
        }
        #expect(try called.failures.isEmpty)
        #expect(called.rows.leases.map(\.limit) == [.seconds(10)])
        try called.pass(.seconds(10))
        #expect(try called.failures.map(\.timeout) == [.heartbeat])
        #expect(called.rows.leases.isEmpty)
        #expect(try called.history.contains(.taskHeartbeat(id: 0, details: Payload(json: "1"))))
    }

    @Test("The total counts from the call, whatever its worker says, less what earlier attempts took")
    func total() throws {
        let called = try Called(
            TaskTerms(
                retryOf: 0, attempt: 2, timeouts: ActivityTimeouts(total: .seconds(60)), spent: .seconds(50)))
        try called.beat()
        try called.pass(.milliseconds(9999))
        #expect(try called.failures.isEmpty)
        try called.pass(.milliseconds(1))
        let failure = try #require(try called.failures.first)
        #expect(failure.timeout == .total && failure.isNonRetriable)
        #expect(failure.message.contains("60.0 seconds") && failure.message.contains("2 attempts"))
    }

    @Test("An answer in time ends all limits, and leaves no row behind", arguments: [true, false])
    func inTime(isGood: Bool) throws {
        let called = try Called(
            TaskTerms(
                timeouts: ActivityTimeouts(
                    scheduleToStart: .seconds(5), startToClose: .seconds(5), heartbeat: .seconds(5), total: .seconds(5)
                )))
        #expect(called.rows.timers.count == 2)
        try called.beat()
        #expect(called.rows.timers.count == 2 && called.rows.leases.count == 1)
        try called.hear(isGood ? .completed(.null) : .failed(FailureDetails(type: "Busy", message: "")))
        #expect(called.rows.timers.isEmpty && called.rows.leases.isEmpty)
        #expect(try called.pass(.seconds(100)).commit.isEmpty)
    }

    @Test("Limits survive a restart; those that passed meanwhile give what workers had sent time to arrive")
    func restart() throws {
        let terms = TaskTerms(timeouts: ActivityTimeouts(startToClose: .seconds(30), total: .minutes(10)))
        let answered = try Called(terms)
        try answered.beat()
        answered.bench.now = answered.bench.now.advanced(by: .seconds(3600))
        answered.bench.restart()
        try answered.pass(.seconds(9))
        #expect(try answered.failures.isEmpty)
        try answered.hear(.completed(.null))
        try answered.pass(.seconds(100))
        #expect(try answered.failures.isEmpty)

        let silent = try Called(terms)
        try silent.beat()
        silent.bench.restart()
        try silent.pass(.seconds(29))
        #expect(try silent.failures.isEmpty)
        try silent.pass(.seconds(1))
        #expect(try silent.failures.map(\.timeout) == [.startToClose])
    }

    @Test("A worker that is lost gives the next dispatch the whole time again; the lost one's limits are over")
    func nextDispatch() throws {
        let called = try Called(
            TaskTerms(timeouts: ActivityTimeouts(scheduleToStart: .seconds(50), startToClose: .seconds(100))))
        try called.beat(Payload(json: "3"))
        let lost = try called.pass(.seconds(60))
        let item = try #require(try called.items(of: lost).first)
        #expect(item.attempt == 2 && item.previousHeartbeat == Payload(json: "3"))
        // Where the first dispatch would have ended.
        try called.pass(.seconds(45))
        #expect(try called.failures.isEmpty)
        try called.beat(attempt: 1)
        try called.pass(.seconds(5))
        #expect(try called.failures.map(\.timeout) == [.scheduleToStart], "a heartbeat of the first is no start")
    }

    @Test("A suspended instance's activities time out all the same; it learns of it when it goes on")
    func suspended() throws {
        let called = try Called(TaskTerms(timeouts: ActivityTimeouts(total: .seconds(5))))
        _ = try called.control(.suspend)
        try called.pass(.seconds(5))
        #expect(try called.failures.map(\.timeout) == [.total])
        #expect(called.bench.instance("i")?.status == .suspended)
    }

    @Test("Limits of an instance that ends, or begins anew, go with it")
    func ended() throws {
        let terms = TaskTerms(timeouts: ActivityTimeouts(scheduleToStart: .seconds(5), total: .seconds(5)))
        let terminated = try Called(terms)
        _ = try terminated.control(.terminate)
        #expect(terminated.rows.timers.isEmpty)
        let renewed = try Called(terms) { event in
            if case .eventRaised = event {
                return EpisodeOutcome(completion: .continuedAsNew(.null, unprocessedEvents: []))
            }
            return nil
        }
        let raise = RaiseCommand(instanceID: "i", eventName: "E", context: CommandContext(messageKey: "e", bodyHash: 1))
        let step = try renewed.bench.keep(renewed.bench.step(.command(.raise(raise))))
        #expect(renewed.cancellations(in: step).isEmpty, "a generation that continues leaves its activities running")
        #expect(renewed.rows.timers.allSatisfy { $0.key.generation == 1 })
    }

    @Test("Every deadline has a number of its own, none of which a timer of an orchestrator has")
    func numbers() {
        var seen: Set<Int> = []
        for kind in TaskDeadline.Kind.allCases {
            for taskID in [0, 1, 1000, 1 << 40] {
                for dispatch in [1, 2, 1023, 1024] {
                    let deadline = TaskDeadline(kind, of: taskID, dispatch: dispatch)
                    #expect(TaskDeadline(timer: deadline.timerID) == deadline)
                    #expect(deadline.timerID < TimerRow.Key.episode)
                    seen.insert(deadline.timerID)
                }
            }
        }
        #expect(seen.count == 4 * (4 + 4 + 1))
        for id in [-15, -2, -1, 0, 7] { #expect(TaskDeadline(timer: id) == nil) }
    }

    // MARK: Heartbeats

    @Test("Details are in the status, stay over signs of life without any, and reach the next attempt of the call")
    func details() throws {
        let called = try Called(TaskTerms()) { event in
            guard case .taskFailed(0, _) = event else { return nil }
            return EpisodeOutcome(actions: [
                .scheduleTask(id: 1, name: "Act", input: .null, terms: TaskTerms(retryOf: 0, attempt: 2))
            ])
        }
        try called.beat(Payload(json: #"{"row":3}"#))
        try called.beat()
        func shown() -> Payload? {
            let question = QueryCommand.Question.status(instanceID: "i", includeHistory: false)
            return called.bench.machine.state.snapshots(for: question)["i"]?.waits.listed.first?.heartbeat
        }
        #expect(shown() == Payload(json: #"{"row":3}"#))
        let failed = try called.hear(.failed(FailureDetails(type: "Busy", message: "")))
        let item = try #require(try called.items(of: failed).first)
        #expect(item.previousHeartbeat == Payload(json: #"{"row":3}"#))
        #expect(item.retryAttempt == 2 && item.attempt == 1)
        #expect(item.idempotencyKey == "i:\(called.executionID):0")
        #expect(shown() == Payload(json: #"{"row":3}"#), "until the next attempt reports anything itself")
        // From the store, too: a dispatch after a restart finds it in the history.
        called.bench.restart()
        let again = try called.hear(.released, of: 1)
        #expect(try called.items(of: again).first?.previousHeartbeat == Payload(json: #"{"row":3}"#))
    }

    @Test("A failure without heartbeats is recorded as before")
    func plainFailure() throws {
        let called = try Called()
        try called.hear(.failed(FailureDetails(type: "Busy", message: "")))
        #expect(try !called.history.contains { if case .taskHeartbeat = $0 { true } else { false } })
    }

    // MARK: Cancellation

    @Test("A cancelled activity is closed, its worker is told, and late answers are dropped", arguments: [true, false])
    func cancel(isLeased: Bool) throws {
        let called = try Called(TaskTerms(timeouts: ActivityTimeouts(total: .seconds(60)))) { event in
            if case .eventRaised = event { return EpisodeOutcome(actions: [.cancelTask(id: 0)]) }
            return nil
        }
        if isLeased { try called.beat(worker: "bench.activity.@worker.a") }
        let raise = RaiseCommand(instanceID: "i", eventName: "E", context: CommandContext(messageKey: "e", bodyHash: 1))
        let step = try called.bench.keep(called.bench.step(.command(.raise(raise))))
        let told = called.cancellations(in: step)
        #expect(told.map(\.key) == [isLeased ? "bench.activity.@worker.a" : "bench.activity @cancel"])
        #expect(told.map(\.1.reason) == [.canceled])
        guard case .call(let correlationID)? = told.first?.1.subject else { throw Missing() }
        #expect(called.bench.wire.token(correlationID) == called.token())
        #expect(try called.history.contains(.taskCanceled(id: 0)))
        #expect(called.rows.timers.isEmpty && called.rows.leases.isEmpty)
        #expect(try called.hear(.completed(.null)).commit.history.isEmpty)
        // Also by a partition that finds it in the history only.
        called.bench.restart()
        #expect(try called.hear(.completed(.null)).commit.history.isEmpty)
        #expect(called.cancellations(in: try called.beat(worker: "reply.w")).map(\.1.reason) == [.canceled])
        #expect(called.cancellations(in: try called.beat()).isEmpty, "a worker without a queue cannot be told")
    }

    @Test("An activity that is cancelled in the step of its call is never sent")
    func canceledAtOnce() throws {
        let called = try Called(TaskTerms()) { event in
            guard case .executionStarted = event else { return nil }
            return EpisodeOutcome(actions: [
                .scheduleTask(id: 0, name: "Act", input: .null), .scheduleTask(id: 1, name: "Act", input: .null),
                .cancelTask(id: 0),
            ])
        }
        #expect(try called.items(of: called.began).map(\.token.taskID) == [1])
        #expect(called.cancellations(in: called.began).isEmpty)
    }

    @Test("An instance that ends tells the workers under a lease one by one, and all others once")
    func terminate() throws {
        let called = try Called(TaskTerms()) { event in
            guard case .executionStarted = event else { return nil }
            return EpisodeOutcome(
                actions: (0..<4).map { .scheduleTask(id: $0, name: "Act", input: .null) })
        }
        try called.hear(.heartbeat(lease: .seconds(60), worker: "reply.one"), of: 0)
        try called.hear(.heartbeat(lease: .seconds(60), worker: "reply.two"), of: 1)
        // Not a queue to which messages may go.
        try called.hear(.heartbeat(lease: .seconds(60), worker: "bench.intake"), of: 2)
        let told = called.cancellations(in: try called.control(.terminate))
        #expect(told.map(\.key) == ["reply.one", "reply.two", "bench.activity @cancel"])
        #expect(told.last?.1.subject == .execution(called.executionID))
        #expect(told.allSatisfy { $0.1.reason == .ended && $0.1.instanceID == "i" })
        #expect(called.cancellations(in: try called.beat(worker: "reply.late")).map(\.key) == ["reply.late"])
        called.bench.restart()
        #expect(called.cancellations(in: try called.beat(worker: "reply.late")).map(\.key) == ["reply.late"])
    }

    @Test("An instance that completes with nothing open tells nobody anything")
    func completion() throws {
        let called = try Called(TaskTerms()) { event in
            if case .taskCompleted(_, let value) = event { return EpisodeOutcome(completion: .completed(value)) }
            return nil
        }
        let step = try called.hear(.completed(.null))
        #expect(called.cancellations(in: step).isEmpty)
        #expect(called.bench.instance("i")?.status == .completed)
    }

    // MARK: Going on from an earlier point

    @Test func `A rewound call has its time limits again`() throws {
        let called = try Called(TaskTerms(timeouts: ActivityTimeouts(total: .seconds(60)))) { event in
            guard case .taskFailed(_, let failure) = event else { return nil }
            return EpisodeOutcome(completion: .failed(failure))
        }
        try called.hear(.failed(FailureDetails(type: "Broken", message: "no")))
        #expect(called.rows.timers.isEmpty && called.bench.rows.instance("i")?.status == .failed)
        #expect(try called.items(of: called.control(.rewind)).map(\.timeouts.total) == [.seconds(60)])
        try called.pass(.seconds(60))
        #expect(try called.failures.map(\.timeout) == [.total])
    }

    @Test func `A reset tells the workers of the former execution to stop`() throws {
        let called = try Called()
        let former = called.executionID
        let reset = ControlCommand(instanceID: "i", verb: .reset, beforeEvent: 3)
        let step = try called.bench.keep(called.bench.step(.command(.control(reset))))
        #expect(called.cancellations(in: step).map(\.1.subject) == [.execution(former)])
        #expect(try called.items(of: step).count == 1)
    }
}
