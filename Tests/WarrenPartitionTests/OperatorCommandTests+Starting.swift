import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Policies of starts, events that start, restarts and purges.
extension OperatorCommandTests {
    @Test("A start that replaces always terminates what runs, with its children, and answers those who wait")
    func replaceAlways() throws {
        try start("i", parent: call(execution: "e1"))
        let former = execution()
        let waiter = CommandContext(reply: ReplyAddress(queue: "reply.w", correlationID: "w"))
        try bench.keep(bench.step(.command(.query(QueryCommand(.wait(instanceID: "i"), context: waiter)))))
        let step = try bench.keep(
            bench.step(
                .command(
                    .start(
                        StartCommand(
                            name: "Known", instanceID: "i", input: Payload(json: "9"), ifExists: .replaceAlways)))))
        let record = try #require(bench.rows.instance("i"))
        #expect(record.status == .running && record.generation == 1 && record.input.json == "9" && record.parent == nil)
        #expect(answers(step).map(\.parent) == [call(execution: "e1")])
        let controls = sent(step).compactMap { if case .control(let command) = $0 { command } else { nil } }
        #expect(controls.map(\.instanceID) == ["child"] && controls.first?.parent?.executionID == former)
        let reply = try #require(step.rows.flatMap(\.encoded).first { $0.routingKey == "reply.w" })
        #expect(reply.properties.headers[WireHeader.status]?.string == "Terminated")
        #expect(try history().count < 7)
        #expect(bench.rows.recover().timers.count == 1)
    }

    @Test("An event starts its instance and reaches it in one step, once however often it arrives")
    func startByEvent() throws {
        let raise = Work.command(
            .raise(
                RaiseCommand(
                    instanceID: "i", eventName: "E", payload: Payload(json: "5"),
                    start: EventStart(name: "Known", input: Payload(json: "1"), tags: ["a": "b"]),
                    context: CommandContext(messageKey: "e", bodyHash: 1))))
        let step = try bench.keep(bench.step(raise))
        #expect(step.commit.inbox.map(\.key) == ["e"])
        try bench.keep(bench.step(raise))
        let record = try #require(bench.rows.instance("i"))
        #expect(record.input.json == "1" && record.tags == ["a": "b"])
        let raised = try history().filter { if case .eventRaised = $0 { true } else { false } }
        #expect(raised == [.eventRaised(name: "E", input: Payload(json: "5"))])
    }

    @Test("An event for an orchestration that no host knows is kept, and refused with that reason")
    func unknownStart() throws {
        let reply = ReplyAddress(queue: "reply.a", correlationID: "c")
        try bench.keep(
            bench.step(
                .command(
                    .raise(
                        RaiseCommand(
                            instanceID: "i", eventName: "E", start: EventStart(name: "Later"),
                            context: CommandContext(messageKey: "e", bodyHash: 1, reply: reply))))))
        #expect(bench.instance("i") == nil)
        bench.now = bench.now.advanced(by: .seconds(3600))
        let end = try bench.keep(bench.step(alarms: true))
        #expect(bench.summary(end).contains("dead:unknown-orchestration"))
    }

    @Test("A kept event starts its instance on a host that knows the orchestration")
    func laterHost() throws {
        try bench.keep(
            bench.step(
                .command(
                    .raise(
                        RaiseCommand(instanceID: "i", eventName: "E", start: EventStart(name: "Later"))))))
        bench.executor.known = ["Known", "Later"]
        bench.restart()
        try bench.keep(bench.step(alarms: true))
        #expect(bench.rows.instance("i")?.name == "Later")
    }

    // MARK: - Restarting and purging

    @Test("A restart has the name, the input and the tags of the instance; under another ID its partition answers")
    func restart() throws {
        try start("i", parent: call(execution: "e1"))
        let other = try control(.init(instanceID: "i", verb: .restart, newInstanceID: "j"))
        let start = try #require(sent(other).compactMap { if case .start(let start) = $0 { start } else { nil } }.first)
        #expect(start.instanceID == "j" && start.name == "Known" && start.input.json == "1" && start.tags == ["k": "v"])
        #expect(start.ifExists == .fail && start.parent == nil && start.context.reply?.correlationID == "c")
        #expect(other.rows.flatMap(\.encoded).allSatisfy { !$0.exchange.isEmpty })
        try finish("i", .completed(.null))
        _ = try control(.init(instanceID: "i", verb: .restart))
        let record = try #require(bench.rows.instance("i"))
        #expect(record.status == .running && record.generation == 1 && record.input.json == "1")
        #expect(record.tags == ["k": "v"] && record.parent == nil)
    }

    @Test("A purge takes the children with it, unless it is told not to", arguments: [true, false])
    func purge(isRecursive: Bool) throws {
        try start()
        try finish("i", .completed(.null))
        let step = try control(.init(instanceID: "i", verb: .purge, isRecursive: isRecursive))
        #expect(sent(step).isEmpty == !isRecursive)
        #expect(bench.rows.instance("i") == nil)
    }

    @Test("A scheduled instance is terminated, and only then purged; its start never comes")
    func scheduled() throws {
        var command = StartCommand(name: "Known", instanceID: "i", input: .null)
        command.startAt = bench.now.advanced(by: .seconds(1000))
        try bench.keep(bench.step(.command(.start(command))))
        #expect(bench.summary(try control(.init(instanceID: "i", verb: .purge))).contains("instance-not-finished"))
        _ = try control(.init(instanceID: "i", verb: .terminate))
        _ = try control(.init(instanceID: "i", verb: .purge))
        #expect(bench.rows.instance("i") == nil)
        bench.now = bench.now.advanced(by: .seconds(2000))
        try bench.keep(bench.step(alarms: true))
        #expect(bench.instance("i") == nil)
    }
}
