import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Every command, asked of an instance in every state. What a partition that has all in memory does, and one that has to
/// read everything, is the same.
@Suite("Commands", .timeLimit(.minutes(5)))
struct CommandTableTests {
    enum State: String, CaseIterable {
        case absent, scheduled, heldBack, running, suspended, completed, failed, terminated, purged, damaged, unreadable
    }

    enum Asked: String, CaseIterable {
        case start, startAgain, startAnew, raise, terminate, suspend, resume, purge, result, failure, heartbeat,
            giveBack
        case child, timer, lease, undeliverable, wait, status, purgePage
    }

    @Test(arguments: State.allCases) func table(state: State) throws {
        for asked in Asked.allCases {
            var found: [String] = []
            for isCold in [false, true] {
                let bench = try PartitionBench()
                try bring(bench, to: state)
                if isCold { bench.restart() }
                let step = try bench.keep(ask(asked, bench))
                found.append(bench.summary(step))
                // Nothing is left to do for anybody.
                let rest = bench.step()
                #expect(rest.commit.isEmpty && rest.rows.isEmpty, "\(asked) of \(state)")
            }
            #expect(found[0] == found[1], "\(asked) of \(state): in memory, and from the store")
            #expect(found[0] == CommandTable.expected[state]?[asked], "\(asked) of \(state)")
        }
    }

    private func start(_ key: String? = nil, name: String = "Known", _ policy: StartCommand.ExistingPolicy = .ignore)
        -> StartCommand
    {
        StartCommand(
            name: name, instanceID: "i", input: Payload(json: "1"), ifExists: policy,
            context: CommandContext(
                messageKey: key, bodyHash: 1,
                reply: ReplyAddress(queue: "reply.a", correlationID: "c", mode: .accepted)))
    }

    private func control(_ verb: ControlCommand.Verb) -> Work {
        .command(
            .control(
                ControlCommand(
                    instanceID: "i", verb: verb, reason: "why",
                    context: CommandContext(
                        messageKey: "m:\(verb)", bodyHash: 1,
                        reply: ReplyAddress(queue: "reply.a", correlationID: "c")))))
    }

    private func bring(_ bench: PartitionBench, to state: State) throws {
        switch state {
        case .absent: break
        case .scheduled, .heldBack:
            var scheduled = start("s")
            scheduled.startAt = bench.now.advanced(by: .seconds(1000))
            try bench.keep(bench.step(.command(.start(scheduled))))
            if state == .heldBack { try bench.keep(bench.step(control(.suspend))) }
        case .running, .suspended, .completed, .failed, .terminated, .purged, .damaged, .unreadable:
            try bench.keep(bench.step(.command(.start(start("s")))))
            let token = try token(bench)
            switch state {
            case .suspended: try bench.keep(bench.step(control(.suspend)))
            case .completed:
                try bench.keep(bench.step(result(token, .completed(Payload(json: "2")))))
            case .failed:
                try bench.keep(bench.step(result(token, .failed(FailureDetails(type: "T", message: "m")))))
            case .terminated, .purged:
                try bench.keep(
                    bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .terminate)))))
                if state == .purged {
                    try bench.keep(bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .purge)))))
                }
            case .damaged:
                // Only who reads it finds it: with all in memory there is nothing to be found.
                bench.restart()
                bench.areRowsDamaged = true
            case .unreadable:
                bench.restart()
                bench.areHistoriesDamaged = true
            default: break
            }
        }
    }

    /// The work item that the instance's first execution sent, if it has begun.
    private func token(_ bench: PartitionBench) throws -> TaskToken {
        TaskToken(
            partition: 0, instanceID: "i", executionID: bench.rows.instance("i")?.executionID ?? "none", taskID: 0)
    }

    private func result(_ token: TaskToken, _ outcome: WorkResult.Outcome) -> Work {
        .command(.workResult(WorkResult(token: token, outcome: outcome, attempt: 1)))
    }

    private func ask(_ asked: Asked, _ bench: PartitionBench) throws -> Step {
        let token = try token(bench)
        let record = bench.rows.instance("i")
        let reply = CommandContext(reply: ReplyAddress(queue: "reply.a", correlationID: "c"))
        switch asked {
        case .start: return bench.step(.command(.start(start("t"))))
        case .startAgain: return bench.step(.command(.start(start("s"))))
        case .startAnew: return bench.step(.command(.start(start("u", .restart))))
        case .raise:
            let context = CommandContext(messageKey: "e", bodyHash: 1, reply: reply.reply)
            return bench.step(
                .command(.raise(RaiseCommand(instanceID: "i", eventName: "E", context: context))))
        case .terminate: return bench.step(control(.terminate))
        case .suspend: return bench.step(control(.suspend))
        case .resume: return bench.step(control(.resume))
        case .purge: return bench.step(control(.purge))
        case .result: return bench.step(result(token, .completed(Payload(json: "2"))))
        case .failure: return bench.step(result(token, .failed(FailureDetails(type: "T", message: "m"))))
        case .heartbeat: return bench.step(result(token, .heartbeat(lease: .seconds(30))))
        case .giveBack: return bench.step(result(token, .released))
        case .child:
            let parent = ParentInstance(
                name: "Known", instanceID: "i", executionID: token.executionID, taskID: 2)
            return bench.step(
                .command(.childCompleted(ChildCompletedCommand(parent: parent, result: .completed(.null)))))
        case .timer:
            bench.now = bench.now.advanced(by: .seconds(500))
            return bench.step(.alarm(.timer(TimerRow.Key(instance: record?.key ?? 9, generation: 0, id: 1))))
        case .lease:
            return bench.step(.alarm(.lease(TaskLease.Key(instance: record?.key ?? 9, generation: 0, taskID: 0))))
        case .undeliverable:
            return bench.step(.undeliverable(token, FailureDetails(type: "NoWorker", message: "m")))
        case .wait: return bench.step(.command(.query(QueryCommand(.wait(instanceID: "i"), context: reply))))
        case .status:
            return bench.step(
                .command(.query(QueryCommand(.status(instanceID: "i", includeHistory: false), context: reply))))
        case .purgePage: return bench.step(.command(.purge(PurgeCommand(InstanceQuery(), context: reply))))
        }
    }
}
