import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

/// Messages that arrive before the key of the partition that signed them.
@Suite("Keys that come later than messages", .timeLimit(.minutes(1)))
struct LateKeyTests {
    private let names: TaskHubName
    /// The keys of this host, at first without that of partition 1.
    private let keys = PartitionKeys(partitionCount: 3)
    private let allKeys = PartitionKeys(partitionCount: 3)
    private let wire: PartitionWire
    private let log = LogLines()

    init() throws {
        names = try TaskHubName("h")
        for number in 0..<3 { allKeys.add(number, secret: Self.secret(number)) }
        for number in [0, 2] { keys.add(number, secret: Self.secret(number)) }
        wire = PartitionWire(
            names: names, configuration: HostConfiguration(hub: "h", partitionCount: 3), keys: keys)
    }

    private static func secret(_ number: Int) -> [UInt8] { Array(repeating: UInt8(number + 1), count: 32) }

    private func start(_ id: String, by partition: Int) -> OutboundMessage {
        allKeys.sign(
            wire.encode(.start(StartCommand(name: "A", instanceID: id)), partition: 0), as: partition)
    }

    private func ids(_ inputs: [PartitionInput]) -> [String] {
        inputs.map { input in
            switch input.kind {
            case .command(.start(let start)): start.instanceID
            case .refused: "refused"
            default: "other"
            }
        }
    }

    @Test("A message of a partition waits for its key, and later ones of that partition behind it, but no others")
    func inbox() async throws {
        let mailbox = PartitionMailbox()
        let subscription = GivenSubscription()
        let inbox = PartitionInbox(wire: wire, mailbox: mailbox, logger: log.logger)
        let reading = Task { try await inbox.run(subscription, stop: StopFlag()) }
        var found: [String] = []
        func find(_ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await untilSeen("\(expected) in the mailbox", sourceLocation: sourceLocation) {
                found += ids(mailbox.take(most: 100))
                return found.count >= expected.count
            }
            #expect(found == expected, sourceLocation: sourceLocation)
        }
        var forged = start("forged", by: 1)
        forged.body = Array("1".utf8)
        subscription.bring([start("a", by: 1), start("b", by: 0), forged])
        subscription.bring([start("c", by: 2), start("d", by: 1)], from: 4)
        try await find(["b", "c"])
        // A key that does not matter.
        keys.add(2, secret: Self.secret(2))
        #expect(mailbox.isEmpty)
        keys.add(1, secret: Self.secret(1))
        try await find(["b", "c", "a", "refused", "d"])
        subscription.bring([start("e", by: 1)], from: 6)
        try await find(["b", "c", "a", "refused", "d", "e"])
        #expect(subscription.acknowledged.all.isEmpty)
        await subscription.close()
        try await reading.ended()
    }

    @Test("What waits is forgotten with its channel: it is delivered again over the next one")
    func reconnect() async throws {
        let mailbox = PartitionMailbox()
        let subscription = GivenSubscription()
        let inbox = PartitionInbox(wire: wire, mailbox: mailbox, logger: log.logger)
        let reading = Task { try await inbox.run(subscription, stop: StopFlag()) }
        subscription.bring([start("a", by: 1), start("b", by: 0)])
        subscription.bring([start("a", by: 1), start("b", by: 0)], over: 2)
        var found: [PartitionInput] = []
        try await untilSeen("both deliveries of the one") {
            found += mailbox.take(most: 100)
            return found.count == 2
        }
        keys.add(1, secret: Self.secret(1))
        found = mailbox.take(most: 100)
        #expect(ids(found) == ["a"])
        Receipt.settle(found.map(\.receipt))
        #expect(subscription.acknowledged.all == [DeliveryTag(channel: 2, number: 1)])
        await subscription.close()
        try await reading.ended()
        // Nothing looks again after the end.
        keys.add(1, secret: Self.secret(1))
        #expect(mailbox.isEmpty)
    }

    @Test("In the detour queue everything waits behind it, a marker too")
    func detour() async throws {
        let owned = OwnedPartitions()
        let mailbox = PartitionMailbox()
        owned.own(OwnedPartitions.Entry(partition: 0, mailbox: mailbox, wire: wire) { _ in })
        let transport = SafeTransport()
        let detourWire = DetourWire(names: names, wire: wire)
        let intake = PartitionIntake(
            partition: 0, mailbox: nil, tenure: .changing, limit: 10, isDetoured: true, wire: detourWire,
            publisher: ReliablePublisher(transport: transport, clock: SystemHostClock(), logger: log.logger),
            remember: { _ in }, logger: log.logger)
        intake.attach(mailbox)
        let reader = DetourReader(partition: 0, wire: detourWire, owned: owned, intake: intake, logger: log.logger)
        let subscription = GivenSubscription()
        let reading = Task { try await reader.run(subscription, stop: StopFlag()) }
        func held(_ id: String, by partition: Int) throws -> OutboundMessage {
            let input = PartitionInput(.command(.start(StartCommand(name: "A", instanceID: id))))
            return allKeys.sign(try #require(detourWire.encode(input, partition: 0)), as: partition)
        }
        subscription.bring([try held("a", by: 2), try held("b", by: 1), try held("c", by: 0)])
        // The reader has begun to read, so another marker is on its way.
        let markers = try await transport.published.wait(for: 2)
        subscription.bring([markers[1]], from: 4)
        try await untilSeen("the first") { !mailbox.isEmpty }
        #expect(ids(mailbox.take(most: 100)) == ["a"])
        #expect(intake.mode == .detour)
        keys.add(1, secret: Self.secret(1))
        try await untilSeen("the direct way") { intake.mode == .direct }
        #expect(ids(mailbox.take(most: 100)) == ["b", "c"])
        #expect(subscription.acknowledged.all == [DeliveryTag(channel: 1, number: 4)])
        await subscription.close()
        try await reading.ended()
    }
}
