import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// What an earlier version left behind, which signed with what everybody could read, or not at all.
@Suite("What an earlier version signed", .timeLimit(.minutes(5)))
struct UpgradeTests {
    private static let work = Activity<Int, Int>("Work")
    private static let chain = Orchestration<Int, Int>("Chain")

    private static func register(_ host: TaskHubHost) {
        host.register(chain) { context, number in try await context.call(work, number) }
    }

    @Test("Its token answers a task that it asked for, and none that was asked for later")
    func formerTokens() async throws {
        try await Cluster.run { cluster in
            let ids = Array(
                (0...).lazy.map { "instance-\($0)" }
                    .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == 0 }.prefix(2))
            let transport = SafeTransport()
            let durable = Happenings<Void>()
            let secret = PartitionSecret(
                bytes: Array(repeating: 7, count: 32), oldTokensUntil: Cluster.beginning.advanced(by: .seconds(1)))
            let partition = try DirectPartition(
                of: ids[0], in: cluster, register: Self.register,
                open: { number, folder in
                    WatchedStore(try Cluster.files(number, folder), durable: durable, secret: secret)
                }, transport: transport)
            async let done: Void = partition.run()
            func start(_ id: String) {
                let command = StartCommand(name: "Chain", instanceID: id, input: Payload(json: "1"))
                partition.mailbox.add(PartitionInput(.command(.start(command))))
            }
            func items(_ count: Int) async throws -> [OutboundMessage] {
                while true {
                    let items = transport.published.all.filter { $0.exchange == cluster.names.activityExchange }
                    if items.count >= count { return items }
                    try await transport.published.wait(for: transport.published.all.count + 1)
                }
            }
            start(ids[0])
            _ = try await items(1)
            while partition.clock.move(to: Cluster.beginning.advanced(by: .seconds(2))) {}
            start(ids[1])
            let storeID = partition.part.store.identity.storeID
            let former = TokenSigner(secret: Array(storeID.utf8))
            let present = TokenSigner(secret: secret.bytes)
            for item in try await items(2) {
                let token = try #require(item.properties.correlationID.flatMap(present.verify))
                #expect(!token.isFormer)
                let answer = WorkResultCodec(hub: cluster.names).encode(
                    .completed(Payload(json: "2")), replyTo: cluster.names.partitionQueue(0, of: Cluster.partitions),
                    correlationID: former.sign(token))
                let message = InboundMessage(
                    exchange: answer.exchange, routingKey: answer.routingKey, properties: answer.properties,
                    body: answer.body)
                let command = try #require(partition.part.wire.receive(message, acceptsUnsigned: false)).get()
                partition.mailbox.add(PartitionInput(.command(command), source: message))
            }
            while !transport.published.all.contains(where: { $0.exchange == cluster.names.deadExchange }) {
                try await transport.published.wait(for: transport.published.all.count + 1)
            }
            partition.stop()
            try await done
            let store = try Cluster.files(0, cluster.folder)
            defer { store.close() }
            #expect(try store.instance(ids[0])?.status == .completed)
            #expect(try store.instance(ids[1])?.status == .running)
            let letters = transport.published.all.filter { $0.exchange == cluster.names.deadExchange }
            #expect(letters.map(\.routingKey) == ["unmatched-result"])
        }
    }

    @Test("Messages without a signature are taken as far as they lay in the queue before, and none that came later")
    func unsignedMessages() {
        func message(_ channel: UInt64 = 1, isRedelivered: Bool = false) -> InboundMessage {
            InboundMessage(
                exchange: "e", routingKey: "k", isRedelivered: isRedelivered, tag: DeliveryTag(channel: channel))
        }
        func accepted(_ limit: Int?, _ messages: [InboundMessage]) -> [Bool] {
            var allowance = UnsignedAllowance(limit)
            return messages.map { allowance.accepts($0) }
        }
        #expect(accepted(nil, [message(), message(isRedelivered: true)]) == [false, false])
        // What the last host had is delivered again, and not counted among what waits.
        #expect(
            accepted(
                2,
                [
                    message(isRedelivered: true), message(), message(), message(), message(isRedelivered: true),
                    message(2, isRedelivered: true), message(2),
                ]) == [true, true, true, false, true, false, false])
        #expect(accepted(0, [message(), message(isRedelivered: true)]) == [false, true])
    }

    @Test("A message of a partition that is not open is neither taken nor refused")
    func unknownSender() throws {
        let names = try TaskHubName("test")
        let configuration = HostConfiguration(hub: "test", partitionCount: 4)
        let keys = PartitionKeys(partitionCount: 4)
        keys.add(0, secret: Array(repeating: 1, count: 32))
        let wire = PartitionWire(
            names: names, configuration: configuration, keys: keys)
        let others = PartitionKeys(partitionCount: 4)
        others.add(2, secret: Array(repeating: 2, count: 32))
        func inbound(_ message: OutboundMessage) -> InboundMessage {
            InboundMessage(
                exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
                body: message.body)
        }
        let command = Command.start(StartCommand(name: "Chain", instanceID: "i"))
        let message = wire.encode(command, partition: 0)
        #expect(wire.receive(inbound(others.sign(message, as: 2)), acceptsUnsigned: true) == nil)
        #expect(
            wire.receive(inbound(wire.outgoing(message, at: Cluster.beginning)), acceptsUnsigned: false)
                == .success(command))
        #expect(wire.receive(inbound(message), acceptsUnsigned: true) == .success(command))
        guard case .failure(let refusal) = wire.receive(inbound(message), acceptsUnsigned: false) else {
            Issue.record("an unsigned message was taken")
            return
        }
        #expect(refusal.reason == .forged)
    }

    @Test("An answer that an earlier version kept for a queue that is none for replies is not sent there")
    func keptAnswer() throws {
        let names = try TaskHubName("test")
        let wire = PartitionWire(
            names: names, configuration: HostConfiguration(hub: "test", partitionCount: 1),
            keys: PartitionKeys(partitionCount: 1))
        for queue in ["test.activity.Charge", "orders.activity.charge", "anything", "reply.\u{0}x"] {
            let reply = ReplyMessage(
                address: ReplyAddress(queue: queue, correlationID: "b"), status: .completed, instanceID: "i",
                body: Payload(json: "1"))
            for message in [
                wire.reply(reply, at: Cluster.beginning),
                wire.outgoing(ReplyCodec.encode(reply), at: Cluster.beginning),
            ] {
                #expect(message.exchange == names.deadExchange && message.routingKey == "bad-reply-to", "\(queue)")
            }
        }
        let good = ReplyMessage(
            address: ReplyAddress(queue: "reply.web", correlationID: "b"), status: .completed, instanceID: "i",
            body: Payload(json: "1"))
        #expect(wire.reply(good, at: Cluster.beginning) == ReplyCodec.encode(good))
    }
}
