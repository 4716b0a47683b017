import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

/// Partitions that move between hosts that run.
@Suite("A partition that moves", .timeLimit(.minutes(2)))
struct PartitionPresenceTests {
    @Test("An instance's events are taken in order and once, whichever hosts relay them and have the partition")
    func order() async throws {
        let hub = try await MovingHub()
        let (first, second) = (try hub.host("first"), try hub.host("second"))
        let (subscription, relaying) = try await first.relayMessages()
        hub.publish(1...100, to: 1)
        // It is nobody's, then the relaying host's, then the other's, and so on. Each time some is on its way.
        var last = 100
        for (round, host) in [first, second, first, first, second].enumerated() {
            let stay = try await host.enter(1)
            try await hub.taken.wait(for: "half of it to be taken") { $0.count >= last - 50 ? true : nil }
            hub.publish((last + 1)...(last + 100), to: 1)
            last += 100
            if round == 2 || round == 3 {
                try await untilSeen("the direct way") { first.intakes[1].mode == .direct }
                hub.publish((last + 1)...(last + 100), to: 1)
                last += 100
            }
            try await stay.end(isPlanned: round.isMultiple(of: 2))
        }
        let stay = try await second.enter(1)
        try await hub.taken.wait(for: "all of it to be taken") { $0.count >= last ? true : nil }
        #expect(hub.numbers == Array(1...last))

        // The relay moves too, to the host that has the partition. What it had sent the detour and not acknowledged comes
        // a second time, with the same key.
        hub.publish((last + 1)...(last + 300), to: 1)
        try await hub.taken.wait(for: "some of it to be taken") { $0.count >= last + 50 ? true : nil }
        await subscription.close()
        try await relaying.ended()
        hub.publish((last + 301)...(last + 400), to: 1)
        last += 400
        let (next, going) = try await second.relayMessages()
        try await hub.taken.wait(for: "the last of it") { MovingHub.numbers($0).contains(last) ? true : nil }
        var known: Set<Int> = []
        #expect(hub.numbers.filter { known.insert($0).inserted } == Array(1...last))
        #expect(Set(hub.taken.value.map(\.host)) == ["first", "second"])
        try await untilSeen("the direct way") { second.intakes[1].mode == .direct }
        await next.close()
        try await going.ended()
        try await stay.end(isPlanned: true)
        await hub.transport.shutdown()
    }

    @Test("A question for another host's partition goes there with its reply address; any host can describe the hub")
    func questions() async throws {
        let hub = try await MovingHub()
        let (first, second) = (try hub.host("first"), try hub.host("second"))
        let (subscription, relaying) = try await first.relayMessages()
        let encoder = RequestEncoder(hub: hub.names, replyQueue: "reply.asker")
        func ask(_ question: QueryCommand.Question) {
            hub.transport.publish([encoder.query(question, ids: RequestIDs(messageID: "m", correlationID: "c"))]) { _ in
            }
        }
        func answer(_ number: Int) async throws -> (String, QueryCommand) {
            let taken = try await hub.taken.wait(for: "a question") { $0.count >= number ? $0[number - 1] : nil }
            guard case .query(let query) = taken.command else { throw NotAsked() }
            return (taken.host, query)
        }
        let status = QueryCommand.Question.status(instanceID: MovingHub.id(in: 1), includeHistory: false)
        ask(status)
        ask(.describe)
        let there = try await second.enter(1)
        let (host, query) = try await answer(1)
        #expect(host == "second")
        #expect(query.question == status)
        #expect(query.context.reply == ReplyAddress(queue: "reply.asker", correlationID: "c"))
        // The description waits for the first partition, because the relaying host had none.
        let here = try await first.enter(0)
        #expect(try await answer(2).0 == "first")
        try await untilSeen("the direct way") { first.intakes[0].mode == .direct }
        try await here.end(isPlanned: true)
        let again = try await first.enter(0)
        ask(.describe)
        let (describer, description) = try await answer(3)
        #expect(describer == "first")
        #expect(description.question == .describe)
        try await again.end(isPlanned: true)
        try await there.end(isPlanned: true)
        await subscription.close()
        try await relaying.ended()
        await hub.transport.shutdown()
    }

    private struct NotAsked: Error {}

    @Test("Messages of other partitions of the process go to the present mailbox, or to the broker")
    func routing() async throws {
        let hub = try await MovingHub()
        let host = try hub.host("host")
        let wire = PartitionWire(
            names: hub.names, configuration: HostConfiguration(hub: "moving", partitionCount: 2), keys: hub.keys)
        let message = OutboxMessage.encoded(
            wire.encode(.start(StartCommand(name: "A", instanceID: "a")), partition: 1))
        let presence = host.presences[1]
        let mailboxes = (0..<2).map { _ in PartitionMailbox() }
        func entry(_ mailbox: PartitionMailbox) -> OwnedPartitions.Entry {
            OwnedPartitions.Entry(partition: 1, mailbox: mailbox, wire: wire) { _ in }
        }
        func isDelivered() -> Bool { host.router.deliver(message, receipt: .none) }
        #expect(!isDelivered())
        presence.leave()
        presence.enter(entry(mailboxes[0]))
        #expect(isDelivered() && presence.isPresent)
        #expect(host.owned.numbers == [1])
        // What was accepted and is not taken is returned by `close`.
        #expect(mailboxes[0].close().count == 1)
        #expect(!isDelivered())
        presence.enter(entry(mailboxes[1]))
        host.router.disown(key: hub.names.partitionKey(1), mailboxes[0])
        host.owned.disown(1, mailboxes[0])
        #expect(isDelivered())
        #expect(host.owned[1]?.mailbox === mailboxes[1])
        presence.leave()
        presence.leave()
        #expect(!isDelivered() && !presence.isPresent)
        #expect(host.owned.numbers.isEmpty && mailboxes[1].take(most: 9).count == 1)
        await hub.transport.shutdown()
    }

    @Test("A partition that comes while the broker accepts nothing learns that, and when it does again")
    func blocking() throws {
        let owned = OwnedPartitions()
        let wire = PartitionWire(
            names: try TaskHubName("h"), configuration: HostConfiguration(hub: "h", partitionCount: 2),
            keys: PartitionKeys(partitionCount: 2))
        let told = Happenings<String>()
        func entry(_ name: String, _ partition: Int) -> OwnedPartitions.Entry {
            OwnedPartitions.Entry(partition: partition, mailbox: PartitionMailbox(), wire: wire) {
                told.add("\(name) \($0)")
            }
        }
        let first = entry("first", 0)
        owned.own(first)
        owned.block(true)
        owned.own(entry("second", 1))
        owned.disown(0, first.mailbox)
        owned.block(false)
        owned.own(entry("third", 0))
        #expect(told.all == ["first true", "second true", "second false"])
    }
}
