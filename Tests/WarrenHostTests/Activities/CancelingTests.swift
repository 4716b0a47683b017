import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Activities that are given up while they run, and what they report before. Time is virtual.
@Suite("Activities that are given up", .timeLimit(.minutes(5)))
struct CancelingTests {
    private static let work = Activity<Int, String>("Work")
    private static let other = Activity<Int, Int>("Other")
    private static let stop = ExternalEvent<Bool>("Stop")

    /// Waits until its task is cancelled, and says how that was.
    private static func registerPatient(
        _ host: TaskHubHost, began: Happenings<Int>, ended: Happenings<Bool>
    ) {
        host.register(work) { number, context in
            began.add(number)
            await untilCancelled()
            ended.add(context.isCanceled)
            return "late"
        }
    }

    /// Does not wait for anything but the cancellation of its task.
    private static func untilCancelled() async {
        let (stream, end) = AsyncStream<Void>.makeStream()
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            end.finish()
        }
    }

    enum Cause: CaseIterable {
        case terminated, handle, race, task, timeout
    }

    private static func orchestrator(_ cause: Cause) -> Orchestration<Int, String> {
        Orchestration<Int, String>("Calls") { context, number in
            switch cause {
            case .terminated: return try await context.call(work, number)
            case .handle:
                let task = context.start(work, number)
                _ = try await context.wait(for: stop)
                task.cancel()
                return "canceled"
            case .race:
                let task = context.start(work, number)
                let event = context.startWaiting(for: stop)
                _ = try await context.any(task, event)
                return "lost"
            case .task:
                return try await withThrowingTaskGroup(of: String.self) { group in
                    group.addTask { try await context.call(work, number) }
                    group.addTask {
                        _ = try await context.wait(for: stop)
                        return "first"
                    }
                    let first = try await group.next() ?? ""
                    group.cancelAll()
                    return first
                }
            case .timeout:
                do {
                    return try await context.call(work, number, timeout: .seconds(60))
                } catch let failure as TaskFailure {
                    return failure.details.type
                }
            }
        }
    }

    @Test(
        "A running activity's task is cancelled, before and after it took a lease, and its answer is dropped",
        arguments: Cause.allCases, [false, true])
    func cancels(cause: Cause, isLong: Bool) async throws {
        try await Cluster.run { cluster in
            let (began, ended) = (Happenings<Int>(), Happenings<Bool>())
            let worker = try await cluster.start([.activity]) { host in
                Self.registerPatient(host, began: began, ended: ended)
            }
            // Another worker, which has nothing to do with it.
            let idle = try await cluster.start([.activity]) { $0.register(Self.other) { $0 } }
            let host = try await cluster.start([.orchestrator]) { $0.register(Self.orchestrator(cause)) }
            let instance = try await cluster.client.start(Self.orchestrator(cause), 1, id: "given-up")
            try await began.wait(for: 1)
            if isLong {
                worker.pass(.seconds(30))
                try await cluster.rest(host, worker, idle)
            }
            switch cause {
            case .terminated: try await cluster.client.terminate("given-up", reason: "enough")
            case .handle, .race, .task: try await cluster.client.raise(Self.stop, true, to: "given-up")
            case .timeout: host.pass(.seconds(60))
            }
            // Nothing but messages moves it on: the clocks stand still.
            #expect(try await ended.wait(for: 1) == [true])
            try await cluster.rest(host, worker, idle)
            let status = try #require(try await instance.status(includeHistory: true))
            #expect(status.runtimeStatus == (cause == .terminated ? .terminated : .completed))
            #expect(status.history?.contains { $0.json.contains("late") } == false)
            #expect(began.all.count == 1)
            #expect(try await cluster.deadLetters == 0)
            for node in [worker, idle, host] { try await node.stop() }
        }
    }

    @Test("Calls that were given up before they came are remembered, the newest thousand of them")
    func beforeItBegins() {
        func call(_ id: String, of execution: String) -> WorkCall {
            WorkCall(
                item: WorkItem(
                    activity: "Work", input: .null,
                    token: TaskToken(partition: 0, instanceID: "i", executionID: execution, taskID: 0),
                    orchestration: "Calls"),
                replyTo: "q", correlationID: id, deliveries: 1)
        }
        var canceled = CanceledCalls()
        #expect(!canceled.contains(call("c0", of: "e0")))
        canceled.add(.call(correlationID: "c0"))
        canceled.add(.execution("e1"))
        #expect(canceled.contains(call("c0", of: "e0")) && canceled.contains(call("c9", of: "e1")))
        #expect(!canceled.contains(call("c1", of: "e0")))
        for number in 1..<1024 {
            canceled.add(.call(correlationID: "c\(number)"))
            canceled.add(.call(correlationID: "c\(number)"))
        }
        #expect(!canceled.contains(call("c0", of: "e0")), "the oldest is forgotten")
        #expect(canceled.contains(call("c1023", of: "e0")) && canceled.contains(call("x", of: "e1")))
    }

    @Test("A worker in another language is told in the queue that it names, at the end and when it comes back later")
    func foreignWorker() async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            let told = Happenings<InboundMessage>()
            let queue = try await cluster.transport.consumeReplies("reply.worker")
            let reading = Task {
                for try await batch in queue.batches { for message in batch { told.add(message) } }
            }
            defer { reading.cancel() }
            let host = try await cluster.start([.orchestrator]) { $0.register(Self.orchestrator(.terminated)) }
            _ = try await cluster.client.start(Self.orchestrator(.terminated), 1, id: "foreign")
            let call = try await worker.item(1)
            try await worker.answer(call, .heartbeat(lease: .seconds(60), worker: "reply.worker"))
            try await cluster.client.terminate("foreign")
            let first = try #require(try await told.wait(for: 1).first)
            #expect(first.properties.correlationID == call.correlationID)
            #expect(first.properties.headers["warren-status"] == "canceled")
            #expect(first.properties.headers["warren-reason"] == "ended")
            try await worker.answer(call, .heartbeat(lease: .seconds(60), worker: "reply.worker"))
            try await told.wait(for: 2)
            try await worker.answer(call, .completed(.null))
            try await cluster.rest(host)
            #expect(try await cluster.deadLetters == 0)
            await queue.close()
            try await host.stop()
        }
    }

    // MARK: Heartbeats

    @Test("Reports are in the status, the first at once and later ones in their time; a lost worker's go to the next")
    func reports() async throws {
        try await Cluster.run { cluster in
            let (began, gate) = (Happenings<Int>(), Gate())
            let worker = try await cluster.start([.activity]) { host in
                host.register(Self.work) { number, context in
                    if let previous = try context.previousHeartbeat(as: Int.self) { return "from \(previous)" }
                    try context.heartbeat(1)
                    try context.heartbeat(2)
                    try context.heartbeat(3)
                    began.add(number)
                    await gate.pass()
                    return "late"
                }
            }
            let host = try await cluster.start([.orchestrator]) { $0.register(Self.orchestrator(.terminated)) }
            let instance = try await cluster.client.start(Self.orchestrator(.terminated), 1, id: "reports")
            try await began.wait(for: 1)
            try await cluster.rest(host, worker)
            func shown() async throws -> String? {
                try await instance.status()?.waits.first?.heartbeat?.json
            }
            #expect(try await shown() == "1")
            worker.pass(.milliseconds(4999))
            try await cluster.rest(host, worker)
            #expect(try await shown() == "1")
            worker.pass(.milliseconds(1))
            try await cluster.rest(host, worker)
            #expect(try await shown() == "3")
            // The worker's clock stands still from here on: it is lost.
            host.pass(.seconds(60))
            #expect(try await instance.result() == "from 3")
            gate.open()
            try await cluster.rest(host, worker)
            try await worker.stop()
            try await host.stop()
        }
    }

    @Test("An activity that is to send heartbeats and does not is ended, and tried again")
    func silentCode() async throws {
        let calls = Orchestration<Int, String>("Watched") { context, number in
            try await context.call(
                Self.work, number, retry: RetryPolicy(maxAttempts: 2, firstInterval: .seconds(1)),
                timeout: ActivityTimeouts(heartbeat: .seconds(10)))
        }
        try await Cluster.run { cluster in
            let (began, ended) = (Happenings<Int>(), Happenings<Bool>())
            let host = try await cluster.start { host in
                host.register(calls)
                host.register(Self.work) { number, context in
                    began.add(context.retryAttempt)
                    if context.retryAttempt == 2 { return "done" }
                    await Self.untilCancelled()
                    ended.add(context.isCanceled)
                    return "late"
                }
            }
            let instance = try await cluster.client.start(calls, 1, id: "watched")
            try await began.wait(for: 1)
            try await cluster.rest(host)
            // Renewals by the worker are no heartbeats of the code.
            try await host.pass(.seconds(10)) { ended.all.count > 0 }
            #expect(ended.all == [true])
            try await host.pass(.seconds(1)) { began.all.count > 1 }
            #expect(try await instance.result() == "done")
            try await host.stop()
        }
    }

    @Test("An activity without a worker fails after its time, and its orchestrator catches that")
    func nobody() async throws {
        let calls = Orchestration<Int, String>("Nobody") { context, number in
            do {
                return try await context.call(
                    Self.work, number, timeout: ActivityTimeouts(scheduleToStart: .seconds(30)))
            } catch let failure as TaskFailure where failure.timeout == .scheduleToStart {
                return failure.details.message
            }
        }
        try await Cluster.run { cluster in
            try await cluster.transport.provision(TaskHubTopology.activities(["Work"], of: cluster.names))
            let host = try await cluster.start { host in
                host.register(calls)
                host.register(Self.other) { $0 }
            }
            let instance = try await cluster.client.start(calls, 1, id: "nobody")
            try await untilSeen("the call to be sent") {
                try await cluster.transport.depth(of: cluster.names.activityQueue("Work")) == 1
            }
            try await host.pass(.seconds(30)) { true }
            let result = try await instance.result()
            #expect(result.contains("'Other'") && result.contains("30.0 seconds"), "\(result)")
            try await host.stop()
        }
    }
}
