import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

@Suite struct TopologyTests {
    @Test(arguments: ["a", "warren", "Shop_2-eu", "x" + String(repeating: "y", count: 62)])
    func `a hub may be named with letters, digits, underscores and hyphens`(name: String) throws {
        #expect(try TaskHubName(name).text == name)
    }

    @Test(arguments: ["", "1a", "-a", "a.b", "a b", "ä", "a/b", "x" + String(repeating: "y", count: 63)])
    func `any other hub name is refused with the rule`(name: String) {
        let error = #expect(throws: MessagingError.self) { try TaskHubName(name) }
        #expect(error?.code == .badHubName)
        #expect(error?.message.contains("beginning with a letter") == true)
    }

    @Test func `partition queues are padded so that they sort as numbers`() throws {
        let hub = try TaskHubName("h")
        #expect(hub.partitionQueue(3, of: 4) == "h.partition.03")
        #expect(hub.partitionQueue(3, of: 101) == "h.partition.003")
        #expect(hub.partitionQueue(99, of: 100) == "h.partition.99")
        #expect(hub.partition(ofQueue: "h.partition.03") == 3)
        #expect(hub.ownerQueue(3, of: 4) == "h.owner.03")
        for other in ["h.partition.", "h.partition.3", "h.partition.x1", "g.partition.03", "h.partition.0123456789"] {
            #expect(hub.partition(ofQueue: other) == nil)
        }
    }

    @Test func `streams are numbered like the partitions' queues`() throws {
        let hub = try TaskHubName("h")
        #expect(hub.journalStream(3, of: 4) == "h.journal.03")
        #expect(hub.journalStream(3, of: 101) == "h.journal.003")
        #expect(hub.snapshotStream(3, of: 4, id: "ab") == "h.snapshot.03.ab")
        #expect(hub.hostsStream == "h.hosts")
        #expect(hub.owns(hub.hostsStream))
    }

    @Test(arguments: [(64 << 20, 8 << 20), (1 << 30, 64 << 20), (1 << 40, 64 << 20), (4 << 20, 1 << 20)])
    func `a journalled hub has a bounded stream for each partition before its queues`(bytes: Int, segment: Int) throws {
        let hub = try TaskHubName("h")
        let plain = TaskHubTopology.hub(hub, partitions: 2)
        let topology = TaskHubTopology.hub(hub, partitions: 2, durability: .journal, journalBytes: bytes)
        #expect(topology.exchanges == plain.exchanges && topology.bindings == plain.bindings)
        let streams = topology.queues.filter { !plain.queues.contains($0) }
        #expect(streams.map(\.name) == ["h.hosts", "h.journal.00", "h.journal.01"])
        for stream in streams.dropFirst() {
            let arguments: FieldTable = [
                "x-queue-type": "stream", "x-max-length-bytes": .int64(Int64(bytes)),
                "x-stream-max-segment-size-bytes": .int64(Int64(segment)),
            ]
            #expect(stream.arguments == arguments && stream.keepsArguments)
        }
        let names = topology.queues.map(\.name)
        let last = try #require(names.firstIndex(of: "h.journal.01"))
        let first = try #require(names.firstIndex(of: "h.partition.00"))
        #expect(last < first)
        #expect(plain == TaskHubTopology.hub(hub, partitions: 2, durability: .local))
    }

    @Test func `no activity's queue is the queue of dead activities`() throws {
        let hub = try TaskHubName("h")
        #expect(hub.activityQueue("dead") != hub.activityDeadQueue)
    }

    @Test func `the hub's topology states every argument that broker versions differ in`() throws {
        let hub = try TaskHubName("h")
        var topology = TaskHubTopology.hub(hub, partitions: 2)
        let activities = TaskHubTopology.activities(["Charge"], of: hub)
        topology.queues += activities.queues
        topology.bindings += activities.bindings
        for queue in topology.queues {
            #expect(queue.arguments["x-queue-type"] == "quorum")
            #expect(queue.arguments["x-delivery-limit"] == 100_000)
        }
        let queues = Dictionary(uniqueKeysWithValues: topology.queues.map { ($0.name, $0.arguments) })
        for name in ["h.intake", "h.partition.00", "h.partition.01", "h.activity.Charge"] {
            #expect(queues[name]?["x-dead-letter-exchange"] == "h.dead")
            #expect(queues[name]?["x-dead-letter-strategy"] == "at-least-once")
            #expect(queues[name]?["x-overflow"] == "reject-publish")
        }
        #expect(queues["h.intake"]?["x-single-active-consumer"] == true)
        #expect(queues["h.intake"]?["x-dead-letter-routing-key"] == "broker")
        #expect(queues["h.activity.Charge"]?["x-single-active-consumer"] == nil)
        #expect(queues["h.activity.Charge"]?["x-dead-letter-routing-key"] == "work")
        #expect(queues["h.owner.01"]?["x-single-active-consumer"] == true)
        #expect(queues["h.owner.01"]?["x-dead-letter-exchange"] == nil)
        #expect(queues["h.console"]?["x-overflow"] == "drop-head")
        #expect(queues["h.console"]?["x-max-length"] != nil)
        for name in ["h.start", "h.event", "h.entity", "h.control", "h.lifecycle", "h.console"] {
            let exchange = try #require(topology.exchanges.first { $0.name == name })
            #expect(exchange.kind == .topic && exchange.arguments.isEmpty)
        }
        for name in ["h.start", "h.event", "h.control"] {
            #expect(topology.bindings.contains(.init(queue: "h.intake", exchange: name, routingKey: "#")))
        }
        #expect(topology.bindings.contains(.init(queue: "h.partition.01", exchange: "h.partition", routingKey: "1")))
        #expect(
            topology.bindings.contains(
                .init(queue: "h.partition.01", exchange: "h.result", routingKey: "h.partition.01")))
        #expect(
            topology.bindings.contains(.init(queue: "h.activity.Charge", exchange: "h.activity", routingKey: "Charge")))
    }

    @Test func `partitions are FNV-1a of the instance ID, as any language computes it`() {
        #expect(Partitioning.partition(of: "foobar", count: 4) == 0xbf9c_f968 % 4)
        #expect((0..<100).allSatisfy { Partitioning.partition(of: "order-\($0)", count: 1) == 0 })
    }

    @Test(arguments: [
        ("#", "", true), ("#", "a.b.c", true), ("a.b", "a.b", true), ("a.b", "a.c", false), ("a.*", "a.b", true),
        ("a.*", "a", false), ("a.*", "a.b.c", false), ("a.#", "a", true), ("a.#", "a.b.c", true),
        ("#.c", "a.b.c", true),
        ("#.c", "c", true), ("a.#.c", "a.c", true), ("a.#.c", "a.b.b.c", true), ("a.#.c", "a.b", false),
        ("*.#", "a", true), ("#.*", "a", true), ("#.*", "", false), ("*", "", false), ("*", "a", true), ("", "", true),
        ("", "a", false), ("a..b", "a..b", true), ("a.*.b", "a..b", true), ("#.#", "", true), ("#.a.#", "b.a.c", true),
        ("#.a.#.b", "a.x.a.b.y.b", true), ("orchestration.Failed.#", "orchestration.Failed.Bill.v2", true),
        ("orchestration.*.Billing", "orchestration.Failed.Billing", true),
    ])
    func `a topic pattern takes the keys that the broker's would`(pattern: String, key: String, matches: Bool) {
        #expect(TopicPattern(pattern).matches(key) == matches)
    }
}
