import AMQPMessages
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

/// A hub of two partitions between which hosts of the test's process move, with messages inside the process and the
/// real queues. In the place of a partition is a list of what it took.
final class MovingHub: Sendable {
    static let count = 2
    let names: TaskHubName
    let transport = InProcessTransport()
    let keys = PartitionKeys(partitionCount: MovingHub.count)
    /// What the partitions took, on any host, in order.
    let taken = Watched<[Taken]>([])

    struct Taken: Sendable {
        let host: String
        let command: Command
    }

    init() async throws {
        names = try TaskHubName("moving")
        for number in 0..<Self.count { keys.add(number, secret: Array(repeating: UInt8(number + 1), count: 32)) }
        try await transport.provision(TaskHubTopology.hub(names, partitions: Self.count))
    }

    /// An ID of an instance of a partition.
    static func id(in partition: Int) -> String {
        (0...).lazy.map { "instance-\($0)" }.first { Partitioning.partition(of: $0, count: count) == partition } ?? ""
    }

    /// The numbers that events brought, in the order in which a partition took them.
    var numbers: [Int] { Self.numbers(taken.value) }

    static func numbers(_ taken: [Taken]) -> [Int] {
        taken.compactMap {
            if case .raise(let raise) = $0.command {
                Int(String(decoding: raise.payload.bytes, as: UTF8.self))
            } else {
                nil
            }
        }
    }

    /// Publishes events with these numbers to one instance of a partition, as a client does.
    func publish(_ numbers: ClosedRange<Int>, to partition: Int) {
        let encoder = RequestEncoder(hub: names, replyQueue: "reply.nobody")
        transport.publish(
            numbers.map { number in
                encoder.raise(
                    RaiseCommand(
                        instanceID: Self.id(in: partition), eventName: "E", payload: Payload(json: "\(number)")),
                    reply: .none, ids: RequestIDs(messageID: "\(number)", correlationID: "\(number)"))
            }
        ) { _ in }
    }

    func host(_ name: String) throws -> Host { try Host(name, of: self) }

    /// A host that may own either partition.
    final class Host: Sendable {
        let name: String
        let hub: MovingHub
        let owned = OwnedPartitions()
        let router: LocalRouter
        let intakes: [PartitionIntake]
        let presences: [PartitionPresence]
        let relay: IntakeRelay
        private let stop = StopFlag()
        private let logger = LogLines().logger

        init(_ name: String, of hub: MovingHub) throws {
            self.name = name
            self.hub = hub
            let configuration = HostConfiguration(hub: "moving", partitionCount: MovingHub.count)
            let logger = logger
            let wire = PartitionWire(names: hub.names, configuration: configuration, keys: hub.keys)
            let clock = SystemHostClock()
            let publisher = ReliablePublisher(transport: hub.transport, clock: clock, logger: logger)
            let router = LocalRouter(decode: wire.decode)
            self.router = router
            let deadWork = DeadWorkReader(
                names: hub.names, owned: owned, shares: [0: IntakeShare(), 1: IntakeShare()], limit: 10, wire: wire,
                publisher: publisher, clock: clock, logger: logger)
            let intakes = (0..<MovingHub.count).map { number in
                PartitionIntake(
                    partition: number, mailbox: nil, tenure: .changing, limit: 20, isDetoured: true,
                    wire: DetourWire(names: hub.names, wire: wire), publisher: publisher, remember: { _ in },
                    logger: logger)
            }
            self.intakes = intakes
            let owned = owned
            presences = intakes.map { intake in
                PartitionPresence(
                    partition: intake.partition, names: hub.names, owned: owned, router: router, intake: intake,
                    deadWork: deadWork)
            }
            relay = IntakeRelay(
                decoder: IntakeDecoder(hub: hub.names), wire: wire,
                partitions: Dictionary(uniqueKeysWithValues: intakes.map { ($0.partition, $0) }), publisher: publisher,
                clock: clock, logger: logger, watch: clock)
        }

        /// Reads the intake's queue, until the subscription is closed.
        func relayMessages() async throws -> (any MessageSubscription, Task<Void, any Error>) {
            let subscription = try await hub.transport.consume(hub.names.intakeQueue, prefetch: 100)
            let (relay, stop) = (relay, stop)
            return (subscription, Task { try await relay.run(subscription, stop: stop) })
        }

        /// Takes a partition.
        func enter(_ partition: Int) async throws -> Stay { try await Stay(partition, of: self) }
    }

    /// The time for which a host has a partition.
    final class Stay: Sendable {
        private let host: Host
        private let partition: Int
        let mailbox = PartitionMailbox()
        private let subscription: any MessageSubscription
        private let stop = StopFlag()
        private let reading: Task<Void, any Error>
        private let running: Task<Void, Never>

        fileprivate init(_ partition: Int, of host: Host) async throws {
            self.host = host
            self.partition = partition
            let (hub, mailbox, stop) = (host.hub, mailbox, stop)
            let wire = PartitionWire(
                names: hub.names,
                configuration: HostConfiguration(hub: "moving", partitionCount: MovingHub.count), keys: hub.keys)
            host.presences[partition].enter(
                OwnedPartitions.Entry(partition: partition, mailbox: mailbox, wire: wire) { _ in })
            let subscription = try await hub.transport.consume(
                hub.names.detourQueue(partition, of: MovingHub.count), prefetch: 100)
            self.subscription = subscription
            let intake = host.intakes[partition]
            let reader = DetourReader(
                partition: partition, wire: intake.wire, owned: host.owned, intake: intake, logger: LogLines().logger)
            reading = Task { try await reader.run(subscription, stop: stop) }
            mailbox.beginWakeUps()
            let name = host.name
            running = Task {
                while await mailbox.wakeUp() {
                    mailbox.awoke()
                    let inputs = mailbox.take(most: 7)
                    hub.taken.change { taken in
                        for case .command(let command) in inputs.map(\.kind) {
                            taken.append(Taken(host: name, command: command))
                        }
                    }
                    Receipt.settle(inputs.map(\.receipt))
                    if !mailbox.isEmpty { mailbox.signal() }
                }
            }
        }

        /// Gives the partition up.
        ///
        /// - Parameter isPlanned: whether what is in the mailbox is taken first.
        func end(isPlanned: Bool) async throws {
            stop.set()
            if isPlanned {
                host.presences[partition].beginLeaving()
                try await untilSeen("the mailbox to be empty") { mailbox.isEmpty }
            }
            mailbox.endWakeUps()
            _ = try await untilDone("a partition to end") { [running] in await running.value }
            _ = mailbox.close()
            host.presences[partition].leave()
            await subscription.close()
            try await reading.ended()
        }
    }
}
