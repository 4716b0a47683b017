import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Episodes of an executor that answers later.
@Suite("Episodes that are answered later", .timeLimit(.minutes(5)))
struct DeferredEpisodeTests {
    private func bench() throws -> PartitionBench {
        let bench = try PartitionBench()
        bench.executor.isInline = false
        return bench
    }

    private func start(_ reply: Bool = true) -> Work {
        .command(
            .start(
                StartCommand(
                    name: "Known", instanceID: "i", input: Payload(json: "1"),
                    context: CommandContext(
                        messageKey: "s", bodyHash: 1,
                        reply: reply ? ReplyAddress(queue: "reply.a", correlationID: "c", mode: .accepted) : nil))))
    }

    private func raise(_ name: String, key: String? = nil) -> Work {
        .command(
            .raise(
                RaiseCommand(
                    instanceID: "i", eventName: name,
                    context: CommandContext(
                        messageKey: key, bodyHash: 1, reply: ReplyAddress(queue: "reply.a", correlationID: "c")))))
    }

    private func answer(_ bench: PartitionBench) throws -> Work {
        .episodeEnded(bench.executor.end(of: try #require(bench.executor.asked.last)))
    }

    /// The flat history of the instance.
    private func history(_ bench: PartitionBench) throws -> [HistoryEvent] {
        let record = try #require(bench.rows.instance("i"))
        return try bench.rows.history(of: record.key, generation: record.generation).flatMap(HistoryCodec.decode)
    }

    @Test("What led to an episode is durable and answered at once; the answer is the next row of the history")
    func takesEffectAtOnce() throws {
        let bench = try bench()
        let started = try bench.keep(bench.step(start()))
        #expect(bench.summary(started) == "pending row1 history1 inbox1 timer1 reply:accepted")
        #expect(started.settled.count == 1)
        let ended = try bench.keep(bench.step(try answer(bench)))
        #expect(bench.summary(ended).hasPrefix("running row1 history1 timer1 -timer1 work:Act start"))
        let kinds = try history(bench).map { "\($0)".prefix { $0 != "(" } }
        #expect(
            kinds == [
                "orchestratorStarted", "executionStarted", "taskScheduled", "timerCreated", "subOrchestrationCreated",
            ])
    }

    @Test("What comes meanwhile waits, is not settled, and takes effect in its order afterwards")
    func waits() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        let first = try bench.keep(bench.step(raise("A"), raise("B")))
        #expect(bench.summary(first) == "pending waits")
        #expect(bench.executor.asked.count == 1)
        let ended = try bench.keep(bench.step(try answer(bench)))
        // The answer itself is an input, too.
        #expect(ended.settled.count == 3)
        #expect(bench.executor.asked.count == 2)
        let events = bench.executor.asked[1].events.compactMap { event -> String? in
            if case .eventRaised(let name, _, _) = event { name } else { nil }
        }
        #expect(events == ["A", "B"])
        // The whole history goes with it, also what is not durable yet.
        #expect(bench.executor.asked[1].history.count == 5)
    }

    @Test("Others go on meanwhile")
    func others() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        let other = try bench.keep(
            bench.step(.command(.start(StartCommand(name: "Known", instanceID: "other")))))
        #expect(bench.summary(other, of: "other").hasPrefix("pending row1 history1"))
    }

    @Test(
        "An operator can end an instance that waits; what waited for it is answered, the executor is told, and its answer is dropped"
    )
    func terminate() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        let late = try answer(bench)
        try bench.keep(bench.step(raise("A", key: "a")))
        let ended = try bench.keep(
            bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .terminate)))))
        #expect(
            bench.summary(ended)
                == "terminated row1 history1 -timer1 lifecycle:orchestration.Terminated.Known console "
                + "dead:instance-finished reply:rejected")
        #expect(ended.settled.count == 2)
        #expect(bench.executor.cancelled.count == 1)
        let dropped = try bench.keep(bench.step(late))
        #expect(dropped.commit.isEmpty)
    }

    @Test("A silent executor is asked again, and what its first answer says too late is dropped")
    func silent() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        let late = try answer(bench)
        bench.now = bench.now.advanced(by: .seconds(61))
        let again = try bench.keep(bench.step(alarms: true))
        #expect(bench.executor.asked.count == 2)
        #expect(bench.executor.asked[0].events == bench.executor.asked[1].events)
        #expect(bench.executor.asked[1].history.isEmpty)
        #expect(bench.executor.cancelled == [bench.executor.asked[0].ticket])
        #expect(again.commit.history.isEmpty)
        #expect(try bench.keep(bench.step(late)).commit.isEmpty)
        let ended = try bench.keep(bench.step(try answer(bench)))
        #expect(bench.summary(ended).hasPrefix("running row1 history1"))
    }

    @Test("A host that starts asks again at once, before anything that comes for the instance takes effect")
    func restart() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        try bench.keep(bench.step(try answer(bench)))
        try bench.keep(bench.step(raise("A")))
        let late = try answer(bench)
        bench.restart()
        let begun = try bench.keep(bench.step(raise("B"), alarms: true))
        #expect(begun.settled.isEmpty)
        let request = try #require(bench.executor.asked.last)
        #expect(request.history.count == 5)
        #expect(request.events.count == 2)
        // What the executor says to the host that is gone.
        #expect(try bench.keep(bench.step(late)).commit.isEmpty)
        let ended = try bench.keep(bench.step(try answer(bench)))
        #expect(ended.settled.count == 2)
        #expect(try history(bench).contains(.eventRaised(name: "B", input: .null)))
    }

    @Test("An orchestration that this process runs itself by now goes on where the executor was silent")
    func moved() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        bench.executor.isInline = true
        bench.restart()
        let step = try bench.keep(bench.step(raise("A"), alarms: true))
        #expect(step.settled.count == 1)
        #expect(bench.instance("i")?.status == .running)
        #expect(step.rows.flatMap(\.encoded).contains { $0.exchange == bench.names.activityExchange })
    }

    @Test("A failed step leaves nothing: the next partition asks for what is in the store")
    func failedCommit() throws {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        try bench.keep(bench.step(try answer(bench)))
        // It asks, and its commit is lost.
        _ = bench.step(raise("A"))
        let lost = try answer(bench)
        bench.restart()
        #expect(try bench.keep(bench.step(lost)).commit.isEmpty)
        try bench.keep(bench.step(raise("A")))
        #expect(bench.executor.asked.last?.history.count == 5)
        #expect(bench.executor.asked.last?.events.count == 2)
    }

    @Test func `Of a crowd of due alarms, that of an episode comes first, so that no timer starts another episode`()
        throws
    {
        let bench = try bench()
        try bench.keep(bench.step(start()))
        try bench.keep(bench.step(try answer(bench)))
        try bench.keep(bench.step(raise("A")))
        // The orchestrator's timer is due before the executor's time is over.
        bench.now = bench.now.advanced(by: .seconds(24 * 3600))
        bench.restart()
        bench.machine.begin(now: bench.now)
        let due = bench.machine.popDue(bench.now, most: 10)
        #expect(due.map(\.isOfEpisode) == [true, false])
        #expect(bench.machine.seal().commit.isEmpty)
        let step = bench.step(due.map { .alarm($0) })
        #expect(step.commit.timers.isEmpty)
        let timers = bench.rows.recover().timers.count
        try bench.keep(step)
        try bench.keep(bench.step(try answer(bench)))
        #expect(timers == 2)
    }
}
