import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// What operators' commands send, write and leave; the answers by state are in `CommandPageTests`.
///
/// The orchestrator of the bench calls an activity (0), sets a timer (1) and calls a sub-orchestration (2) when it starts.
@Suite("Operators' commands", .timeLimit(.minutes(1)))
struct OperatorCommandTests {
    let bench: PartitionBench

    init() throws { bench = try PartitionBench() }

    func start(_ id: String = "i", parent: ParentInstance? = nil) throws {
        try bench.keep(
            bench.step(
                .command(
                    .start(
                        StartCommand(
                            name: "Known", instanceID: id, input: Payload(json: "1"), tags: ["k": "v"],
                            parent: parent)))))
    }

    func control(_ command: ControlCommand) throws -> Step {
        var command = command
        command.context.reply = ReplyAddress(queue: "reply.a", correlationID: "c")
        let step = try bench.keep(bench.step(.command(.control(command))))
        // One that needs the whole history is done when that is stored.
        let next = try bench.keep(bench.step())
        return next.rows.isEmpty ? step : next
    }

    func finish(_ id: String = "i", _ outcome: WorkResult.Outcome) throws {
        let token = TaskToken(partition: 0, instanceID: id, executionID: execution(id), taskID: 0)
        try bench.keep(bench.step(.command(.workResult(WorkResult(token: token, outcome: outcome, attempt: 1)))))
    }

    func execution(_ id: String = "i") -> String { bench.instance(id)?.executionID ?? "none" }

    let failure = WorkResult.Outcome.failed(FailureDetails(type: "T", message: "m"))

    /// The commands to partitions that a step sends.
    func sent(_ step: Step) -> [Command] {
        step.rows.flatMap(\.encoded).compactMap { try? bench.wire.decode($0).get() }
    }

    func history(_ id: String = "i") throws -> [HistoryEvent] {
        let record = try #require(bench.rows.instance(id))
        return try bench.rows.history(of: record.key, generation: record.generation).flatMap {
            try HistoryCodec.decode($0)
        }
    }

    func call(_ task: Int = 2, execution: String, of id: String = "p") -> ParentInstance {
        ParentInstance(name: "Known", instanceID: id, executionID: execution, taskID: task)
    }

    // MARK: - Children

    @Test(
        "A recursive command is passed on to the children that are waited for, with its reason and their call",
        arguments: [ControlCommand.Verb.terminate, .suspend, .resume], [false, true])
    func passedOn(verb: ControlCommand.Verb, isCold: Bool) throws {
        try start()
        let execution = execution()
        if isCold { bench.restart() }
        let commands = sent(
            try control(.init(instanceID: "i", verb: verb, reason: "why", isRecursive: true))
        ).compactMap { if case .control(let command) = $0 { command } else { nil } }
        #expect(
            commands == [
                ControlCommand(
                    instanceID: "child", verb: verb, reason: "why", parent: call(execution: execution, of: "i"),
                    isRecursive: true)
            ])
        let next = sent(try control(.init(instanceID: "i", verb: verb)))
        #expect(next.allSatisfy { if case .control = $0 { false } else { true } })
    }

    @Test("A command that is passed on concerns the child of exactly that call, and is answered to nobody")
    func exactChild() throws {
        try start("child", parent: call(execution: "e1"))
        let other = try bench.keep(
            bench.step(
                .command(
                    .control(ControlCommand(instanceID: "child", verb: .terminate, parent: call(execution: "e0"))))))
        #expect(other.commit.isEmpty && other.rows.isEmpty)
        let own = try bench.keep(
            bench.step(
                .command(
                    .control(
                        ControlCommand(
                            instanceID: "child", verb: .terminate, parent: call(execution: "e1"), isRecursive: true)))))
        #expect(bench.rows.instance("child")?.status == .terminated)
        #expect(own.rows.flatMap(\.encoded).allSatisfy { !$0.exchange.isEmpty })
        // Its own child gets it, too; again it does nothing.
        #expect(
            sent(own).contains { if case .control(let command) = $0 { command.instanceID == "child" } else { false } })
        let again = try bench.keep(
            bench.step(
                .command(
                    .control(ControlCommand(instanceID: "child", verb: .terminate, parent: call(execution: "e1"))))))
        #expect(again.commit.isEmpty && again.rows.isEmpty)
    }

    @Test("A child that is terminated before its call arrives is never started by it")
    func overtaken() throws {
        let parent = call(execution: "e1")
        let first = try bench.keep(
            bench.step(.command(.control(ControlCommand(instanceID: "child", verb: .terminate, parent: parent)))))
        #expect(first.rows.isEmpty)
        try start("child", parent: parent)
        #expect(bench.instance("child") == nil)
        try start("child", parent: call(execution: "e2"))
        #expect(bench.instance("child") != nil)
    }

    // MARK: - Rewinding

    @Test(
        "A rewound instance keeps its history under a new execution, and only what failed is given out again",
        arguments: [false, true])
    func rewind(isCold: Bool) throws {
        try start()
        let former = execution()
        try finish("i", failure)
        if isCold { bench.restart() }
        let step = try control(.init(instanceID: "i", verb: .rewind, reason: "why"))
        #expect(bench.summary(step).contains("work:Act"))
        let record = try #require(bench.rows.instance("i"))
        #expect(record.status == .running && record.failure == nil && record.completedAt == nil)
        #expect(record.executionID != former && record.generation == 1)
        let events = try history()
        #expect(
            events.contains { if case .executionStarted(let facts) = $0 { facts.executionID == former } else { false } }
        )
        #expect(
            events.last
                == .executionRewound(
                    ExecutionRewound(
                        instanceID: "i", executionID: record.executionID, formerExecutionID: former, reason: "why")))
        #expect(!events.contains { if case .taskFailed = $0 { true } else { false } })
        #expect(!events.contains { if case .executionCompleted = $0 { true } else { false } })
        // The timer is set again, and the child joins the new execution.
        #expect(bench.rows.recover().timers.map(\.key) == [TimerRow.Key(instance: record.key, generation: 1, id: 1)])
        let joining = try #require(
            sent(step).compactMap { if case .start(let start) = $0 { start } else { nil } }.first)
        #expect(joining.instanceID == "child" && joining.ifExists == .rewind && joining.formerExecutionID == former)
        #expect(joining.parent == call(execution: record.executionID, of: "i") && joining.tags == ["k": "v"])
        // The former execution's result is late; the new one's counts.
        try bench.keep(
            bench.step(
                .command(
                    .workResult(
                        WorkResult(
                            token: TaskToken(partition: 0, instanceID: "i", executionID: former, taskID: 0),
                            outcome: .completed(.null), attempt: 1)))))
        #expect(bench.rows.instance("i")?.status == .running)
        try finish("i", .completed(Payload(json: "2")))
        #expect(bench.rows.instance("i")?.status == .completed)
    }

    @Test("A rewind that follows its instance's end in the same step waits for that to be stored")
    func rewindAtOnce() throws {
        try start()
        let token = TaskToken(partition: 0, instanceID: "i", executionID: execution(), taskID: 0)
        let step = bench.step(
            .command(.workResult(WorkResult(token: token, outcome: failure, attempt: 1))), .raiseNothing)
        try bench.keep(step)
        #expect(bench.rows.instance("i")?.status == .failed)
        let first = bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .reset, beforeEvent: 2))))
        // Two commands that need the history, one behind the other.
        let second = bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .reset, beforeEvent: 1))))
        let waits = bench.machine.awaitsCommits
        #expect(waits)
        try bench.keep(first)
        let isReady = bench.machine.hasFindings
        #expect(isReady)
        try bench.keep(second)
        try bench.keep(bench.step())
        #expect(bench.rows.instance("i")?.generation == 2)
        let stillWaits = bench.machine.awaitsCommits
        #expect(!stillWaits)
        bench.restart()
        #expect(bench.rows.instance("i")?.status == .running)
    }

    @Test func `A rewind that waits for an instance which is purged meanwhile is answered, and waits no more`() throws {
        try start()
        let token = TaskToken(partition: 0, instanceID: "i", executionID: execution(), taskID: 0)
        let end = bench.step(.command(.workResult(WorkResult(token: token, outcome: failure, attempt: 1))))
        let rewind = bench.step(
            .command(
                .control(
                    ControlCommand(
                        instanceID: "i", verb: .rewind, context: CommandContext(messageKey: "r", bodyHash: 1)))))
        #expect(rewind.settled.isEmpty)
        let purge = bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .purge))))
        #expect(purge.settled.count == 2)
        for step in [end, rewind, purge] { try bench.keep(step) }
        #expect(bench.rows.instance("i") == nil)
    }

    @Test func `A rewind that waits for an instance which ends in the same step is done when that is stored`() throws {
        try start()
        let token = TaskToken(partition: 0, instanceID: "i", executionID: execution(), taskID: 0)
        let first = bench.step(
            .command(.workResult(WorkResult(token: token, outcome: failure, attempt: 1))),
            .command(.control(ControlCommand(instanceID: "i", verb: .reset, beforeEvent: 2))))
        #expect(first.settled.count == 1)
        try bench.keep(first)
        let isReady = bench.machine.hasFindings
        #expect(isReady)
        #expect(try bench.keep(bench.step()).settled.count == 1)
        #expect(bench.rows.instance("i")?.status == .running)
    }

    @Test("A repeated rewind is answered, and rewinds once")
    func repeatedRewind() throws {
        try start()
        try finish("i", failure)
        let context = CommandContext(
            messageKey: "m", bodyHash: 1, reply: ReplyAddress(queue: "reply.a", correlationID: "c"))
        for _ in 0..<2 {
            try bench.keep(
                bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .rewind, context: context)))))
        }
        #expect(bench.rows.instance("i")?.generation == 1)
    }

    // MARK: - Rejoining

    private func rejoin(_ policy: StartCommand.ExistingPolicy, former: String = "e1") throws -> Step {
        var command = StartCommand(
            name: "Known", instanceID: "child", ifExists: policy, parent: call(execution: "e2"))
        command.formerExecutionID = former
        command.reason = "why"
        return try bench.keep(bench.step(.command(.start(command))))
    }

    func answers(_ step: Step) -> [ChildCompletedCommand] {
        sent(step).compactMap { if case .childCompleted(let command) = $0 { command } else { nil } }
    }

    @Test(
        "A child that runs answers the new execution when it ends",
        arguments: [StartCommand.ExistingPolicy.rejoin, .rewind])
    func runningChild(policy: StartCommand.ExistingPolicy) throws {
        try start("child", parent: call(execution: "e1"))
        #expect(answers(try rejoin(policy)).isEmpty)
        bench.restart()
        #expect(bench.rows.instance("child")?.parent == call(execution: "e2"))
        // The former call, delivered again, starts nothing; nor does the new one.
        try start("child", parent: call(execution: "e1"))
        #expect(answers(try rejoin(policy)).isEmpty)
        #expect(bench.rows.instance("child")?.generation == 0)
        let token = TaskToken(partition: 0, instanceID: "child", executionID: execution("child"), taskID: 0)
        let end = bench.step(.command(.workResult(WorkResult(token: token, outcome: .completed(.null), attempt: 1))))
        #expect(answers(end).map(\.parent.executionID) == ["e2"])
    }

    @Test(
        "A child that has completed answers the new execution at once",
        arguments: [StartCommand.ExistingPolicy.rejoin, .rewind])
    func completedChild(policy: StartCommand.ExistingPolicy) throws {
        try start("child", parent: call(execution: "e1"))
        try finish("child", .completed(Payload(json: "7")))
        let answer = try #require(answers(try rejoin(policy)).first)
        #expect(answer.parent == call(execution: "e2") && answer.result == .completed(Payload(json: "7")))
        #expect(bench.rows.instance("child")?.generation == 0)
    }

    @Test("A child that failed is rewound with its parent, and only answers a parent that is reset")
    func failedChild() throws {
        try start("child", parent: call(execution: "e1"))
        try finish("child", failure)
        let answer = try #require(answers(try rejoin(.rejoin)).first)
        if case .completed = answer.result { Issue.record("A failed child answered with a result.") }
        #expect(bench.rows.instance("child")?.status == .failed)

        var command = StartCommand(
            name: "Known", instanceID: "child", ifExists: .rewind, parent: call(execution: "e3"))
        command.formerExecutionID = "e2"
        let step = try bench.keep(bench.step(.command(.start(command))))
        #expect(answers(step).isEmpty)
        let record = try #require(bench.rows.instance("child"))
        #expect(record.status == .running && record.parent == call(execution: "e3") && record.generation == 1)
    }

    @Test("A child that was terminated goes on where it was when its parent is rewound")
    func terminatedChild() throws {
        try start("child", parent: call(execution: "e1"))
        try bench.keep(bench.step(.command(.control(ControlCommand(instanceID: "child", verb: .terminate)))))
        let step = try rejoin(.rewind)
        #expect(bench.summary(step, of: "child").contains("work:Act"))
        #expect(bench.rows.instance("child")?.status == .running)
    }

    @Test("A child that is gone, or never began, is started; a stranger's instance of that ID is left alone")
    func absentChild() throws {
        _ = try rejoin(.rewind)
        #expect(bench.rows.instance("child")?.parent == call(execution: "e2"))
        let other = try PartitionBench()
        try other.keep(
            other.step(.command(.start(StartCommand(name: "Known", instanceID: "child", input: Payload(json: "1"))))))
        var command = StartCommand(
            name: "Known", instanceID: "child", ifExists: .rewind, parent: call(execution: "e2"))
        command.formerExecutionID = "e1"
        #expect(
            other.summary(try other.keep(other.step(.command(.start(command)))), of: "child").contains("child:failed"))
    }

    // MARK: - Resetting

    @Test(
        "A reset names the children that it forgets, and terminates them only if it is told to",
        arguments: [false, true])
    func reset(isRecursive: Bool) throws {
        try start()
        let former = execution()
        let step = try control(
            .init(instanceID: "i", verb: .reset, isRecursive: isRecursive, beforeEvent: 2))
        let reply = try #require(step.rows.flatMap(\.encoded).first { $0.exchange.isEmpty })
        #expect(try JSONValue(Payload(bytes: reply.body))["children"] == ["child"])
        let controls = sent(step).compactMap { if case .control(let command) = $0 { command } else { nil } }
        #expect(
            controls
                == (isRecursive
                    ? [
                        ControlCommand(
                            instanceID: "child", verb: .terminate, parent: call(execution: former, of: "i"),
                            isRecursive: true)
                    ] : []))
        // What is in flight is late from here on; the new execution asks for its own.
        #expect(bench.summary(step).contains("work:Act"))
        #expect(bench.rows.recover().timers.count == 1)
        guard case .executionRewound(let facts)? = try history().dropFirst().first else {
            Issue.record("The history does not begin with the reset.")
            return
        }
        #expect(facts.beforeEvent == 2 && facts.formerExecutionID == former)
    }

    @Test("What was suspended stays suspended when it is reset; what was called before the point is given out again")
    func resetSuspended() throws {
        try start()
        try bench.keep(bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .suspend)))))
        let count = try history().count
        let step = try control(.init(instanceID: "i", verb: .reset, beforeEvent: count - 1))
        #expect(bench.rows.instance("i")?.status == .suspended)
        #expect(bench.summary(step).contains("work:Act"))
        try finish("i", .completed(Payload(json: "2")))
        try bench.keep(bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .resume)))))
        #expect(bench.rows.instance("i")?.status.isTerminal == true)
    }
}

extension Work {
    /// A command without effect.
    fileprivate static let raiseNothing = Work.dropHeld(-1)
}
