import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// Commands that go from one partition to another of the same process without their messages being built.
@Suite("Commands between partitions of a process", .timeLimit(.minutes(2)))
struct HandedCommandTests {
    private static let child = Orchestration<Int, Int>("Child")
    private static let parent = Orchestration<String, Int>("Parent")
    private static let failed = "A partition's store failed; it is opened again after a pause"

    private static func register(_ host: TaskHubHost) {
        host.register(child) { _, number in number }
        host.register(parent) { context, id in try await context.call(child, 7, id: id) }
    }

    /// Instance IDs of two partitions.
    private static let ids = (parent: id(in: 0), child: id(in: 1))

    private static func id(in partition: Int) -> String {
        // trap: some number gives an ID of the partition.
        (0...).lazy.map { "instance-\($0)" }
            .first { Partitioning.partition(of: $0, count: Cluster.partitions) == partition }!
    }

    private static func wire(_ cluster: Cluster) -> PartitionWire {
        PartitionWire(
            names: cluster.names,
            configuration: HostConfiguration(hub: Cluster.hub, partitionCount: Cluster.partitions),
            keys: PartitionKeys(partitionCount: Cluster.partitions))
    }

    /// The start of the parent.
    private static var start: PartitionInput {
        let command = StartCommand(
            name: parent.name, instanceID: ids.parent, input: Payload(jsonStringOf: ids.child),
            context: CommandContext(reply: ReplyAddress(queue: "reply.test", correlationID: "c")))
        return PartitionInput(.command(.start(command)))
    }

    private static func command(in input: PartitionInput) -> Command? {
        if case .command(let command) = input.kind { command } else { nil }
    }

    /// What was published to partitions.
    private static func commands(_ messages: [OutboundMessage]) -> [OutboundMessage] {
        messages.filter { $0.exchange == "\(Cluster.hub).partition" }
    }

    @Test("Either way a partition gets the same command, and the same message for its dead letters, or nothing")
    func bothWays() async throws {
        try await Cluster.run { cluster in
            let wire = Self.wire(cluster)
            let parent = ParentInstance(name: "P", instanceID: "p", executionID: "e", taskID: 1)
            let deep = Payload(json: String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
            let trace = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            let kept: [Command] = [
                .start(
                    StartCommand(
                        name: "C", instanceID: "c", input: Payload(json: "[1]"), ifExists: .restart, tags: ["a": "b"],
                        parent: parent, context: CommandContext(trace: trace))),
                .raise(
                    RaiseCommand(
                        instanceID: "c", eventName: "Go", payload: Payload(json: "{}"),
                        context: CommandContext(messageKey: "send:e:1"))),
                .control(ControlCommand(instanceID: "c", verb: .terminate, reason: "why", parent: parent)),
                .childCompleted(ChildCompletedCommand(parent: parent, result: .completed(Payload(json: "2")))),
            ]
            // A reader fails the parent over the first, and changes the second; it refuses the third.
            let changed: [Command] = [
                .childCompleted(ChildCompletedCommand(parent: parent, result: .completed(deep))),
                .start(StartCommand(name: "C", instanceID: "c", input: Payload(bytes: []))),
            ]
            let refused = Command.start(StartCommand(name: "C", instanceID: "c", input: deep))
            for command in kept + changed + [refused] {
                guard case .command(let message) = wire.outboxMessage(command) else {
                    Issue.record("\(command) is encoded at once")
                    continue
                }
                #expect(message.arrivesAsMade == kept.contains(command))
                let inputs = [.command(message), .encoded(message.encoded)].map { (form: OutboxMessage) in
                    let router = LocalRouter(decode: wire.decode)
                    let mailbox = PartitionMailbox()
                    router.own(key: message.routingKey, mailbox)
                    #expect(router.deliver(form, receipt: .none) == (command != refused))
                    return mailbox.take(most: 10)
                }
                let commands = inputs.map { $0.compactMap(Self.command(in:)) }
                #expect(commands[0] == commands[1])
                #expect(commands[0].count == (command == refused ? 0 : 1))
                if kept.contains(command) { #expect(commands[0] == [command]) }
                #expect(inputs[0].map(\.source) == inputs[1].map(\.source))
                #expect(inputs[0].map(\.content.bodyBytes) == inputs[1].map(\.content.bodyBytes))
            }
        }
    }

    @Test("A partition that ends before what it was handed is durable leaves it to the broker, as its message")
    func stopBetween() async throws {
        try await Cluster.run { cluster in
            let transport = SafeTransport()
            let router = LocalRouter(decode: Self.wire(cluster).decode)
            // Its first commit fails, and the file that comes back is another one.
            let neighbour = try DirectPartition(
                of: Self.ids.child, in: cluster, register: Self.register,
                open: Cluster.exchangedStore(), transport: transport, router: router)
            let partition = try DirectPartition(
                of: Self.ids.parent, in: cluster, register: Self.register, transport: transport, router: router)
            async let working: Void = partition.run()
            let ending = Task { try await neighbour.run() }
            partition.mailbox.add(Self.start)
            try await neighbour.log.wait(for: Self.failed)
            #expect(Self.commands(transport.published.all).isEmpty, "it was handed over")
            while neighbour.clock.move(to: Cluster.beginning.advanced(by: .seconds(1))) {}
            await #expect { try await ending.ended() } throws: { ($0 as? HostError)?.code == .storage }
            try await transport.published.wait { !Self.commands($0).isEmpty }
            let message = try #require(Self.commands(transport.published.all).first)
            #expect(message.properties.headers[WireHeader.signature] != nil)
            if case .success(.start(let start)) = Self.wire(cluster).decode(message) {
                #expect(start.instanceID == Self.ids.child && start.parent?.instanceID == Self.ids.parent)
            } else {
                Issue.record("\(message) is no start")
            }
            partition.stop()
            try await working
            #expect(Self.commands(transport.published.all).count == 1)
        }
    }

    @Test("After a crash the command is delivered from its row")
    func fromRow() async throws {
        try await Cluster.run { cluster in
            let transport = SafeTransport()
            let router = LocalRouter(decode: Self.wire(cluster).decode)
            // While nothing is sent, the row stays in the store, and the process ends.
            let before = try DirectPartition(
                of: Self.ids.parent, in: cluster, register: Self.register, transport: transport)
            before.block(true)
            before.mailbox.add(Self.start)
            try await before.runUntilDone()
            let neighbour = try DirectPartition(
                of: Self.ids.child, in: cluster, register: Self.register, transport: transport, router: router)
            let after = try DirectPartition(
                of: Self.ids.parent, in: cluster, register: Self.register, transport: transport, router: router)
            async let working: Void = after.run()
            async let answering: Void = neighbour.run()
            try await transport.published.wait { $0.contains { $0.exchange.isEmpty } }
            neighbour.stop()
            after.stop()
            try await working
            try await answering
            #expect(Self.commands(transport.published.all).isEmpty)
        }
    }
}
