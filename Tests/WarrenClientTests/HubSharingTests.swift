import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@Suite("Who shares a hub", .timeLimit(.minutes(5)))
struct HubSharingTests {
    @Test("The newest beat of each host counts, and every partition has its owner and followers")
    func table() {
        let moved = beat("a", owned: [(0, 3), (1, 7)], followed: [2])
        let sharing = HubSharing(
            beats: [
                moved, beat("b", owned: [(2, 1)], followed: [0, 0, 2]), beat("a", owned: [(0, 3)], followed: [1, 9]),
                beat("c", isLeaving: true),
            ], partitions: 4)
        #expect(sharing.hosts.map(\.id) == ["a", "b", "c"])
        #expect(sharing.hosts.map(\.isLeaving) == [false, false, true])
        #expect(sharing.partitions.map { $0.owner?.host } == ["a", nil, "b", nil])
        #expect(sharing.partitions.map { $0.owner?.epoch } == [3, nil, 1, nil])
        #expect(sharing.partitions.map { $0.owner?.unsavedBytes } == [30, nil, 10, nil])
        #expect(sharing.partitions.map(\.followers) == [["b"], ["a"], [], []], "an owner is no follower")
        #expect(sharing.partitions.allSatisfy { $0.outdated.isEmpty })
        #expect(sharing.withoutOwner == [1, 3])
    }

    @Test("Of two hosts that claim a partition the higher epoch owns it, in any order, and the other is outdated")
    func twoClaims() {
        let beats = [beat("a", owned: [(0, 4)]), beat("b", owned: [(0, 5)]), beat("c", owned: [(0, 2)])]
        for beats in [beats, beats.reversed()] {
            let partition = HubSharing(beats: beats, partitions: 1).partitions[0]
            #expect(partition.owner?.host == "b")
            #expect(partition.outdated.map(\.host) == ["a", "c"])
        }
    }

    @Test("Without a beat nobody owns anything, and what a stranger says of other partitions is ignored")
    func strange() {
        #expect(HubSharing(beats: [], partitions: 2).withoutOwner == [0, 1])
        let sharing = HubSharing(
            beats: [beat("a", owned: [(-1, 1), (2, 1), (9999, 1)], followed: [-1, 2])], partitions: 2)
        #expect(sharing.withoutOwner == [0, 1])
        let flood = (0..<5000).map { beat("h\($0)") }
        #expect(HubSharing(beats: flood, partitions: 1).hosts.count == 1000)
    }

    @Test("What hosts say while one listens is heard, and what is no beat is passed over")
    func listening() async throws {
        let inner = InProcessTransport()
        let hub = try TaskHubName("warren")
        try await inner.provision(TaskHubTopology.hub(hub, partitions: 2, durability: .journal))
        let clock = TestClock()
        let transport = ListenedTransport(target: inner)
        let provisioning = TaskHubProvisioning(hub: hub, transport: transport)
        let asking = Task { try await provisioning.sharing(partitions: 2, clock: clock) }
        try await clock.sleepers(1)
        let noise = OutboundMessage(routingKey: hub.hostsStream, properties: MessageProperties(type: "noise"))
        let said = [beat("a", owned: [(0, 1)]), beat("b", owned: [(1, 2)])]
        inner.publish([noise] + said.map { HostBeatCodec.encode($0, stream: hub.hostsStream) }) { _ in }
        try await transport.heard.wait(for: "three records to be heard") { $0 == 3 ? () : nil }
        clock.advance(by: .milliseconds(1200))
        let sharing = try await asking.ended()
        #expect(sharing.partitions.map { $0.owner?.host } == ["a", "b"])
        await inner.shutdown()
    }

    @Test("A hub without journals has no hosts that could be heard")
    func noStream() async throws {
        let inner = InProcessTransport()
        let hub = try TaskHubName("warren")
        try await inner.provision(TaskHubTopology.hub(hub, partitions: 2))
        let provisioning = TaskHubProvisioning(hub: hub, transport: inner)
        await #expect(throws: MessagingError.self) { try await provisioning.sharing(partitions: 2) }
        await inner.shutdown()
    }

    private func beat(
        _ id: String, isLeaving: Bool = false, owned: [(partition: Int, epoch: UInt64)] = [], followed: [Int] = []
    ) -> HostBeat {
        HostBeat(
            id: id, name: "host-\(id)", process: 7, startedAt: Timestamp(microseconds: 1),
            sentAt: Timestamp(microseconds: 1), isLeaving: isLeaving,
            owned: owned.map { .init(partition: $0.partition, epoch: $0.epoch, unsavedBytes: Int64($0.epoch) * 10) },
            followed: followed)
    }
}

/// A transport that says how many records of streams its users have been given.
private final class ListenedTransport: ForwardingTransport {
    let target: any MessageTransport
    let heard = Watched(0)

    init(target: any MessageTransport) { self.target = target }

    func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        ListenedSubscription(try await target.tail(stream, from: start), heard: heard)
    }
}

private final class ListenedSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let inner: any MessageSubscription

    init(_ inner: any MessageSubscription, heard: Watched<Int>) {
        self.inner = inner
        batches = AsyncThrowingStream {
            var records = inner.batches.makeAsyncIterator()
            guard let batch = try await records.next() else { return nil }
            heard.change { $0 += batch.count }
            return batch
        }
    }

    func acknowledge(_ tags: [DeliveryTag]) { inner.acknowledge(tags) }
    func setPrefetch(_ prefetch: Int) async { await inner.setPrefetch(prefetch) }
    func close() async { await inner.close() }
}
