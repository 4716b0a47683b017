import AMQPMessages
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// Where two of the host's mechanisms meet: stores that fail, brokers that are blocked, suspects, questions, shutdown.
@Suite("Where mechanisms of a partition meet", .timeLimit(.minutes(5)))
struct InteractionTests {
    private static let work = Activity<Int, Int>("Work")
    private static let chain = Orchestration<Int, Int>("Chain")
    private static let tick = Orchestration<Int, Int>("Tick")
    private static let parent = Orchestration<String, Int>("Parent")
    private static let deepInput = Orchestration<Nested, Int>("DeepInput")
    private static let deepOutput = Orchestration<Int, Nested>("DeepOutput")
    private static let wary = Orchestration<Bool, String>("Wary")
    private static let failed = "A partition's store failed; it is opened again after a pause"

    private static func register(_ host: TaskHubHost) {
        host.register(chain) { context, number in try await context.call(work, number) }
        host.register(tick) { context, number in
            try await context.sleep(for: .seconds(1))
            return number
        }
        host.register(parent) { context, child in try await context.call(tick, 1, id: child) }
    }

    /// Nested more deeply than any message may be.
    private struct Nested: Codable, Sendable {
        var inner: [Nested]

        static let deep = (0..<50).reduce(Nested(inner: [])) { nested, _ in Nested(inner: [nested]) }
    }

    /// Instance IDs of one partition.
    private static func ids(_ count: Int, in partition: Int = 0) -> [String] {
        Array(
            (0...).lazy.map { "instance-\($0)" }
                .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == partition }.prefix(count))
    }

    private func start<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ id: String, input: String = "1", receipt: Receipt = .none
    ) -> PartitionInput {
        let command = StartCommand(name: orchestration.name, instanceID: id, input: Payload(json: input))
        return PartitionInput(.command(.start(command)), receipt: receipt)
    }

    private func record(of id: String) -> @Sendable (String) throws -> InstanceRecord? {
        { folder in
            let store = try Cluster.files(Partitioning.partition(of: id, count: Cluster.partitions), folder)
            defer { store.close() }
            return try store.instance(id)
        }
    }

    @Test("What was taken when the outbox could not be read is taken again")
    func unreadableOutbox() async throws {
        try await Cluster.run { cluster in
            let ids = Self.ids(2)
            let isArmed = Mutex(false)
            let durable = Happenings<Void>()
            let partition = try DirectPartition(
                of: ids[0], in: cluster, register: Self.register,
                open: { number, folder in
                    WatchedStore(try Cluster.files(number, folder), durable: durable) {
                        let isFailing = isArmed.withLock { isArmed in
                            defer { isArmed = false }
                            return isArmed
                        }
                        if isFailing { throw StorageError(.io, "The disk went away.") }
                    }
                })
            // Something waits in the store that is read when the broker takes messages again.
            partition.block(true)
            partition.mailbox.add(start(Self.chain, ids[0]))
            async let done: Void = partition.run()
            try await durable.wait(for: 1)
            isArmed.withLock { $0 = true }
            partition.mailbox.add(start(Self.chain, ids[1]), quietly: true)
            partition.block(false)
            try await partition.log.wait(for: Self.failed)
            while partition.clock.move(to: Cluster.beginning.advanced(by: .seconds(1))) {}
            partition.stop()
            try await done
            #expect(try record(of: ids[1])(cluster.folder) != nil)
        }
    }

    @Test("Nothing but a question waits for the answer to that question")
    func questionBesideStart() async throws {
        try await Cluster.run { cluster in
            let ids = Self.ids(1)
            let transport = StuckTransport(exchange: "", inner: cluster.transport)
            let partition = try DirectPartition(
                of: ids[0], in: cluster, register: Self.register, transport: transport)
            let subscription = RecordingSubscription()
            let tags = (1...2).map { DeliveryTag(number: UInt64($0)) }
            let question = QueryCommand(
                .describe, context: CommandContext(reply: ReplyAddress(queue: "reply.q", correlationID: "c")))
            transport.stick()
            partition.mailbox.add([
                PartitionInput(.command(.query(question)), receipt: .delivery(subscription, tags[0])),
                start(Self.tick, ids[0], receipt: .delivery(subscription, tags[1])),
            ])
            async let done: Void = partition.run()
            try await transport.gotStuck.wait(for: 1)
            // The question's answer is not safe. The start is, and would be done twice if its host died now.
            #expect(subscription.acknowledged.all == [tags[1]])
            transport.letGo()
            try await subscription.acknowledged.wait(for: 2)
            partition.stop()
            try await done
        }
    }

    @Test("Timers wait while too much is unconfirmed, whether somebody is suspected or not", arguments: [false, true])
    func gateAndSuspects(hasSuspects: Bool) async throws {
        try await Cluster.run { cluster in
            let ids = Self.ids(4)
            let durable = Happenings<Void>()
            let flightRecord = FlightRecord()
            if hasSuspects { flightRecord.set(FlightRecord.Mark(subject: "somebody"), of: 0) }
            let partition = try DirectPartition(
                of: ids[0], in: cluster, register: Self.register,
                open: { number, folder in WatchedStore(try Cluster.files(number, folder), durable: durable) },
                flightRecord: flightRecord, outboxLimit: 2)
            // Work that no queue takes stays unconfirmed.
            partition.mailbox.add([
                start(Self.tick, ids[0]), start(Self.chain, ids[1]), start(Self.chain, ids[2]),
            ])
            async let done: Void = partition.run()
            try await durable.wait(for: 1)
            while partition.clock.move(to: Cluster.beginning.advanced(by: .seconds(2))) {}
            partition.mailbox.add(start(Self.chain, ids[3]))
            partition.stop()
            try await done
            #expect(try record(of: ids[3])(cluster.folder)?.status == .running)
            #expect(try record(of: ids[0])(cluster.folder)?.status == .running)
        }
    }

    @Test("What a partition sends to another one that has ended already is left to the broker")
    func endedNeighbour() async throws {
        try await Cluster.run { cluster in
            let (parent, child) = (Self.ids(1)[0], Self.ids(1, in: 1)[0])
            let transport = SafeTransport()
            let configuration = HostConfiguration(hub: Cluster.hub, partitionCount: Cluster.partitions)
            let router = LocalRouter(
                decode: PartitionWire(
                    names: cluster.names, configuration: configuration,
                    keys: PartitionKeys(partitionCount: Cluster.partitions)
                ).decode)
            let neighbour = try DirectPartition(
                of: child, in: cluster, register: Self.register, transport: transport, router: router)
            let partition = try DirectPartition(
                of: parent, in: cluster, register: Self.register, transport: transport, router: router)
            try await neighbour.runUntilDone()
            partition.mailbox.add(start(Self.parent, parent, input: "\"\(child)\""))
            try await partition.runUntilDone()
            #expect(
                transport.published.all.map(\.exchange).filter { $0 == cluster.names.partitionExchange }.count == 1)
        }
    }

    @Test("A store that comes back as another one ends the partition")
    func foreignStore() async throws {
        try await Cluster.run { cluster in
            let id = Self.ids(1)[0]
            let partition = try DirectPartition(
                of: id, in: cluster, register: Self.register,
                open: Cluster.exchangedStore())
            partition.mailbox.add(start(Self.chain, id))
            let running = Task { try await partition.run() }
            try await partition.log.wait(for: Self.failed)
            while partition.clock.move(to: Cluster.beginning.advanced(by: .seconds(1))) {}
            partition.stop()
            await #expect { try await running.ended() } throws: { ($0 as? HostError)?.code == .storage }
        }
    }

    @Test("A host that has lost its partitions to another one does not go on with what they sent")
    func lostOwnership() async throws {
        try await Cluster.run { cluster in
            let id = Self.ids(1)[0]
            let transport = StuckTransport(exchange: cluster.names.activityExchange, inner: cluster.transport)
            let partition = try DirectPartition(of: id, in: cluster, register: Self.register, transport: transport)
            let publisher = ReliablePublisher(
                transport: transport, clock: partition.clock, logger: partition.log.logger)
            var parts = HostParts(publisher: publisher, stop: StopFlag())
            parts.open(partitions: [partition.part])
            // Lost when a work item is on its way that nobody confirms.
            parts.loops = [
                RoleLoop(subscription: RecordingSubscription()) { _, _ in
                    try await transport.gotStuck.wait(for: 1)
                    throw HostError(.ownership, "Somebody else has it.")
                }
            ]
            transport.stick()
            partition.mailbox.add(start(Self.chain, id))
            // The clock stands still: the grace period never ends.
            let end = await parts.run(
                gracePeriod: .seconds(25), clock: partition.clock, logger: partition.log.logger)
            #expect { try end.get() } throws: { ($0 as? HostError)?.code == .ownership }
            transport.letGo()
        }
    }

    @Test(
        "A parent whose child cannot be told or cannot tell, because the message is refused, fails",
        arguments: [true, false])
    func refusedChild(isInput: Bool) async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start { host in
                host.register(Self.deepInput) { _, _ in 1 }
                host.register(Self.deepOutput) { _, _ in .deep }
                host.register(Self.wary) { context, isInput in
                    do {
                        if isInput {
                            _ = try await context.call(Self.deepInput, .deep)
                        } else {
                            _ = try await context.call(Self.deepOutput, 1)
                        }
                        return "done"
                    } catch let error as TaskFailure {
                        return error.details.type
                    }
                }
            }
            let parent = try await cluster.client.start(Self.wary, isInput)
            #expect(try await parent.result() == (isInput ? "RefusedStart" : "InvalidResult"))
            try await host.stop()
        }
    }
}
