import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Updates as commands of a partition: what is recorded, answered and remembered in each state of the instance.
@Suite("Updates of instances", .timeLimit(.minutes(5)))
struct UpdateTests {
    private let bench: PartitionBench

    init() throws {
        bench = try PartitionBench()
        bench.executor.script = Self.script
    }

    /// Takes "good", whose handler fails with the input 0, and refuses "bad"; "slow" ends at the event "Done". Ends at the event "End", continues as new at
    /// "Again", and takes "later" from the event "Now" on.
    private static func script(_ event: HistoryEvent) -> EpisodeOutcome? {
        var outcome = EpisodeOutcome()
        switch event {
        case .updateAccepted(let id, let name, let input):
            let result: UpdateOutcome.Result =
                switch name {
                case "good" where input.json == "0": .failed(FailureDetails(type: "Zero", message: "zero"))
                case "good": .completed(input)
                case "slow": .begun
                case "bad": .refused(FailureDetails(type: "Full", message: "the cart is full"))
                default: .noHandler(known: ["good", "bad"])
                }
            outcome.updates = [UpdateOutcome(id: id, result: result)]
        case .eventRaised("Done", let input, _):
            outcome.updates = [UpdateOutcome(id: "u", result: .completed(input))]
        case .eventRaised("End", _, _): outcome.completion = .completed(.null)
        case .eventRaised("Again", _, _): outcome.completion = .continuedAsNew(.null, unprocessedEvents: [])
        case .eventRaised("Now", _, _): outcome.newUpdateNames = ["later"]
        default: return nil
        }
        return outcome
    }

    private func start(at time: Timestamp? = nil) -> Work {
        .command(.start(StartCommand(name: "Known", instanceID: "i", startAt: time)))
    }

    private func raise(_ name: String) -> Work {
        .command(.raise(RaiseCommand(instanceID: "i", eventName: name)))
    }

    private func control(_ verb: ControlCommand.Verb) -> Work {
        .command(.control(ControlCommand(instanceID: "i", verb: verb)))
    }

    private func update(
        _ name: String, _ input: String = "1", key: String? = "u", hash: Int64 = 1, to correlationID: String = "c",
        hold: Int64? = nil
    ) -> Work {
        .command(
            .update(
                UpdateCommand(
                    instanceID: "i", name: name, input: Payload(json: input),
                    context: CommandContext(
                        messageKey: key, bodyHash: hash,
                        reply: ReplyAddress(queue: "reply.a", correlationID: correlationID), holdLimit: hold,
                        refusesByReply: true))))
    }

    /// The answers in a step: their correlation IDs, statuses and bodies, or the reasons of refusals.
    private func answers(_ step: Step) -> [String] {
        step.rows.flatMap(\.encoded).filter { $0.exchange.isEmpty }.map { message in
            let status = message.properties.headers[WireHeader.status]?.string ?? "?"
            let body = String(decoding: message.body, as: UTF8.self)
            let reason = (try? JSONNode(Payload(bytes: message.body)))?["reason"]?.string
            return "\(message.properties.correlationID ?? "") \(status) \(reason ?? body)"
        }
    }

    /// The updates in the stored history of the present generation.
    private func recorded() throws -> [String] {
        let record = try #require(bench.rows.instance("i"))
        return try bench.rows.history(of: record.key, generation: record.generation).flatMap { row in
            try HistoryCodec.decode(row).compactMap { event -> String? in
                switch event {
                case .updateAccepted(let id, let name, _): "\(id) \(name)"
                case .updateCompleted(let id, let result, let failure): "\(id)=\(failure?.type ?? result.json)"
                default: nil
                }
            }
        }
    }

    @discardableResult
    private func step(_ works: Work..., alarms: Bool = false) throws -> Step {
        try bench.keep(bench.step(works, alarms: alarms))
    }

    @Test("an update is recorded with its result in the commit that has the answer")
    func taken() throws {
        try step(start())
        let step = try step(update("good", "7"))
        #expect(answers(step) == ["c answered 7"])
        #expect(try recorded() == ["u good", "u=7"])
        #expect(step.commit.inbox.map(\.key) == ["u"])
        #expect(bench.summary(step) == "running row1 history1 inbox1 reply:answered")
    }

    @Test("a failed handler has taken the update, and a copy gets the same answer, also from another host")
    func copies() throws {
        try step(start())
        #expect(try answers(step(update("good", "0"))).first?.hasPrefix("c failure") == true)
        #expect(try answers(step(update("good", "5", key: "v"))) == ["c answered 5"])
        bench.restart()
        #expect(try answers(step(update("good", "5", key: "v", to: "d"))) == ["d answered 5"])
        let copy = try step(update("good", "0", to: "d"))
        #expect(answers(copy).first?.hasPrefix("d failure") == true)
        #expect(copy.commit.history.isEmpty)
        #expect(try recorded() == ["u good", "u=Zero", "v good", "v=5"])
        // The same ID with other content is another message.
        #expect(try answers(step(update("good", "6", key: "v", hash: 2))) == ["c rejected duplicate-id-mismatch"])
    }

    @Test("two copies in one step take effect once, and both are answered")
    func copiesTogether() throws {
        try step(start())
        let step = try step(update("good", "5"), update("good", "5", to: "d"))
        #expect(answers(step) == ["c answered 5", "d answered 5"])
        #expect(try recorded() == ["u good", "u=5"])
    }

    @Test("an ended instance answers copies, and refuses new updates")
    func ended() throws {
        try step(start())
        let last = try step(update("good", "5"), raise("End"), update("good", "6", key: "late"))
        #expect(answers(last) == ["c answered 5", "c rejected instance-finished"])
        #expect(try recorded() == ["u good", "u=5"])
        #expect(try answers(step(update("good", "5"))) == ["c answered 5"])
        #expect(try answers(step(update("good", "1", key: "new"))) == ["c rejected instance-finished"])
        #expect(try answers(step(update("good", "1", key: "other", hash: 9))) == ["c rejected instance-finished"])
    }

    @Test("a refused update leaves nothing in the history, and its copy is refused if its publisher waits")
    func refused() throws {
        try step(start())
        let episodes = bench.instance("i")?.episodes
        let refused = try step(update("bad", hold: 1000))
        #expect(answers(refused) == ["c rejected update-refused"])
        #expect(refused.commit.history.isEmpty)
        #expect(bench.instance("i")?.episodes == episodes)
        #expect(try answers(step(update("bad", hold: 1000))) == ["c rejected update-refused"])
        #expect(bench.executor.asked.filter { $0.events.contains { $0.isUpdate } }.count == 1)
        // With an event beside it, the event is recorded alone.
        let mixed = try step(raise("X"), update("bad", key: "w"))
        #expect(mixed.commit.history.count == 1)
        #expect(try recorded() == [])
    }

    @Test("an update without a handler waits for one, survives the host, and is refused after its time")
    func waits() throws {
        try step(start())
        let waiting = try step(update("later"))
        #expect(answers(waiting).isEmpty)
        #expect(waiting.commit.held.count == 1)
        #expect(waiting.commit.history.isEmpty)
        bench.restart()
        bench.executor.script = { event in
            if case .updateAccepted(let id, "later", let input) = event {
                var outcome = EpisodeOutcome()
                outcome.updates = [UpdateOutcome(id: id, result: .completed(input))]
                return outcome
            }
            return Self.script(event)
        }
        let released = try step(raise("Now"))
        #expect(answers(released) == ["c answered 1"])
        #expect(released.commit.removedHeld.count == 1)
        #expect(try recorded() == ["u later", "u=1"])
        // The second one waits for a name that never comes.
        bench.executor.script = Self.script
        try step(update("never", key: "n"))
        bench.now = bench.now.advanced(by: .seconds(61))
        let refused = try step(alarms: true)
        #expect(answers(refused) == ["c rejected unknown-update"])
        #expect(refused.commit.removedHeld.count == 1)
        #expect(bench.rows.recover().held.isEmpty)
    }

    @Test("an update that comes before its handler in one episode is taken in the next")
    func sameEpisode() throws {
        try step(start())
        var tries = 0
        bench.executor.script = { event in
            guard case .updateAccepted(let id, "later", let input) = event else { return Self.script(event) }
            var outcome = EpisodeOutcome()
            tries += 1
            outcome.updates = [
                UpdateOutcome(id: id, result: tries == 1 ? .noHandler(known: []) : .completed(input))
            ]
            return outcome
        }
        let step = try step(update("later"), raise("Now"))
        #expect(answers(step) == ["c answered 1"])
        #expect(step.commit.held.isEmpty)
        #expect(try recorded() == ["u later", "u=1"])
    }

    @Test("an update that the ending generation did not come to goes to the next one")
    func continueAsNew() throws {
        try step(start())
        let step = try step(raise("Again"), update("good", "5"))
        #expect(answers(step) == ["c answered 5"])
        #expect(try recorded() == ["u good", "u=5"])
        #expect(bench.instance("i")?.generation == 1)
        // The result goes with the history.
        try self.step(raise("Again"))
        #expect(try answers(self.step(update("good", "5"))) == ["c rejected answer-gone"])
    }

    @Test(
        "one whose handler waits is answered when that ends, with its copies, also after a restart; other waiters stay")
    func begun() throws {
        try step(start())
        let waiter = CommandContext(reply: ReplyAddress(queue: "reply.a", correlationID: "end"))
        try step(.command(.query(QueryCommand(.wait(instanceID: "i"), context: waiter))))
        let first = try step(update("slow"))
        #expect(answers(first).isEmpty && first.commit.inbox.map(\.key) == ["u"])
        #expect(try recorded() == ["u slow"])
        #expect(try answers(step(update("slow", to: "c"))).isEmpty)
        bench.restart()
        #expect(try answers(step(update("slow", to: "d"))).isEmpty)
        #expect(try answers(step(update("slow", hash: 2))) == ["c rejected duplicate-id-mismatch"])
        let last = try step(raise("Done"))
        #expect(answers(last) == ["c answered null", "d answered null"])
        #expect(try recorded() == ["u slow", "u=null"])
        #expect(try answers(step(update("slow", to: "e"))) == ["e answered null"])
        #expect(try answers(step(raise("End"))).map { $0.prefix(3) } == ["end"])
    }

    @Test("one that begins again after a reset is answered once, when it has ended")
    func beginsAgain() throws {
        try step(start())
        try step(update("slow"))
        let reset = ControlCommand(instanceID: "i", verb: .reset, beforeEvent: 3)
        #expect(try answers(step(.command(.control(reset)))).isEmpty)
        #expect(bench.instance("i")?.generation == 1)
        #expect(try recorded() == ["u slow"])
        #expect(try answers(step(raise("Done"))) == ["c answered null"])
    }

    @Test("one that is under way when its instance is terminated is answered with a failure, and so are later copies")
    func abandoned() throws {
        try step(start())
        try step(update("slow"))
        func isAbandoned(_ answer: String?) -> Bool {
            answer?.hasPrefix("c failure") == true && answer?.contains("UpdateAbandoned") == true
        }
        #expect(try isAbandoned(answers(step(control(.terminate))).first))
        #expect(try isAbandoned(answers(step(update("slow"))).first))
        #expect(bench.rows.instance("i")?.waiters == [])
    }

    @Test("callers of updates are kept beside those who wait for the end, and earlier versions read those alone")
    func callers() {
        let waiter = ReplyAddress(queue: "reply.a", correlationID: "w")
        let caller = UpdateCaller(updateID: "u", address: ReplyAddress(queue: "reply.b", correlationID: "c"))
        for waiters in [[], [waiter]] {
            let bytes = WaiterCodec.encode(waiters, [caller])
            #expect(WaiterCodec.decode(bytes) == waiters)
            #expect(WaiterCodec.callers(in: bytes) == [caller])
            #expect(WaiterCodec.callers(in: WaiterCodec.encode(waiters)).isEmpty)
            #expect(WaiterCodec.callers(in: Array(bytes.dropLast())).isEmpty)
        }
    }

    @Test("unknown and suspended instances refuse, one that has not begun keeps the update for a while")
    func states() throws {
        #expect(try answers(step(update("good"))) == ["c rejected unknown-instance"])
        try step(start(at: bench.now.advanced(by: .seconds(10))))
        let waiting = try step(update("good", key: "p"))
        #expect(waiting.commit.held.count == 1)
        #expect(answers(waiting).isEmpty)
        bench.now = bench.now.advanced(by: .seconds(11))
        bench.executor.script = { event in
            guard case .executionStarted = event else { return Self.script(event) }
            var outcome = EpisodeOutcome()
            outcome.newUpdateNames = ["good"]
            return outcome
        }
        #expect(try answers(step(alarms: true)) == ["c answered 1"])
        try step(control(.suspend))
        #expect(try answers(step(update("good", key: "s"))) == ["c rejected instance-suspended"])
        // Resumed in the same step, it takes the update.
        #expect(try answers(step(control(.resume), update("good", key: "r"))) == ["c answered 1"])
        // Terminated in the same step, it does not.
        #expect(
            try answers(step(update("good", key: "t"), control(.terminate))) == ["c rejected instance-finished"])
        #expect(try recorded() == ["p good", "p=1", "r good", "r=1"])
    }

    @Test("an instance that is parked in the step refuses the update, which does not wait in its history")
    func parked() throws {
        try step(start())
        bench.restart()
        bench.executor.script = { event in
            guard event.isUpdate else { return nil }
            var outcome = EpisodeOutcome(completion: .failed(FailureDetails(type: "NonDeterminism", message: "no")))
            outcome.isNonDeterminism = true
            return outcome
        }
        #expect(try answers(step(update("good"))) == ["c rejected instance-suspended"])
        #expect(try recorded() == [])
        #expect(bench.instance("i")?.status == .suspended)
    }

    @Test("an update that no code came to, and that no answer is for, is refused and not recorded")
    func leftOver() throws {
        try step(start())
        bench.executor.script = { _ in EpisodeOutcome() }
        #expect(try answers(step(update("good"))) == ["c rejected instance-suspended"])
        #expect(try recorded() == [])
        #expect(bench.instance("i")?.status == .running)
    }

    @Test("a result that is too large is a failure of the update")
    func tooLarge() throws {
        let bench = try PartitionBench(rules: PartitionRules(payloadLimit: 10))
        bench.executor.script = Self.script
        try bench.keep(bench.step(start()))
        let step = try bench.keep(bench.step(update("good", "\"01234567890\"")))
        #expect(answers(step).first?.hasPrefix("c failure") == true)
    }

    @Test("labels that the code sets are in the row, and go back with a reset")
    func tags() throws {
        bench.executor.script = { event in
            switch event {
            case .executionStarted: EpisodeOutcome(actions: [.setTag(name: "phase", value: "one")])
            case .eventRaised:
                EpisodeOutcome(actions: [.setTag(name: "phase", value: "two"), .setTag(name: "more", value: "x")])
            default: EpisodeOutcome()
            }
        }
        try step(start())
        #expect(bench.rows.instance("i")?.tags == ["phase": "one"])
        try step(raise("E"))
        #expect(bench.rows.instance("i")?.tags == ["phase": "two", "more": "x"])
        #expect(bench.rows.list(InstanceQuery(tag: .init(key: "more", value: "x"))).instances.count == 1)
        let reset = ControlCommand(instanceID: "i", verb: .reset, beforeEvent: 4, dropsEvents: true)
        try step(.command(.control(reset)))
        #expect(bench.rows.instance("i")?.tags == ["phase": "one"])
    }
}
