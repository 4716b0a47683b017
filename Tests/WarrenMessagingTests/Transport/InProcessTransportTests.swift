import AMQPMessages
import Synchronization
import TestSupport
import Testing
import WarrenTestKit

@testable import WarrenMessaging

/// What the in-process transport promises beyond the common suite.
@Suite(.timeLimit(.minutes(5))) struct InProcessTransportTests {
    private func bench(_ body: (TransportBench, InProcessTransport) async throws -> Void) async throws {
        let transport = InProcessTransport()
        let kind = TransportUnderTest(description: "in-process") { transport }
        try await TransportBench.with(kind) { try await body($0, transport) }
    }

    @Test func `work is confirmed when it is acknowledged, and not before`() async throws {
        try await bench { bench, transport async throws in
            let pending = bench.send(bench.work(0..<3))
            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
            let taken = try await reader.take(3)
            #expect(transport.unsettled == 3 && !pending.isFinished)
            reader.acknowledge([taken[2], taken[0]])
            #expect(transport.unsettled == 1 && !pending.isFinished)
            // Closing gives it back; whoever acknowledges it in the end confirms it.
            await reader.subscription.close()
            var second = try await bench.reader(of: bench.hub.activityQueue("Work"))
            let again = try await second.take(1)
            #expect(again.numbers == [1] && transport.unsettled == 1)
            second.acknowledge(again)
            #expect(try await pending.value == [.confirmed, .confirmed, .confirmed])
            #expect(transport.unsettled == 0)
        }
    }

    @Test func `a message in two work queues is confirmed by both`() async throws {
        try await bench { bench, transport async throws in
            let partition = bench.hub.partitionQueue(0, of: 2)
            try await transport.provision(
                Topology(
                    bindings: [.init(queue: partition, exchange: bench.hub.activityExchange, routingKey: "Work")]))
            let pending = bench.send(bench.work(0..<1))
            var one = try await bench.reader(of: partition)
            var two = try await bench.reader(of: bench.hub.activityQueue("Work"))
            one.acknowledge(try await one.take(1))
            #expect(transport.unsettled == 1 && !pending.isFinished)
            two.acknowledge(try await two.take(1))
            #expect(try await pending.value == [.confirmed])
        }
    }

    @Test func `a prefetch can be lowered to nothing and raised again while deliveries are out`() async throws {
        try await bench { bench, transport async throws in
            let queue = bench.hub.activityQueue("Work")
            let pending = bench.send(bench.work(0..<6))
            var reader = try await bench.reader(of: queue, prefetch: 2)
            let first = try await reader.take(2)
            await reader.subscription.setPrefetch(0)
            reader.acknowledge(first)
            #expect(try await transport.depth(of: queue) == 4)
            await reader.subscription.setPrefetch(3)
            reader.acknowledge(try await reader.take(3))
            reader.acknowledge(try await reader.take(1))
            #expect(try await pending.value.allSatisfy { $0 == .confirmed })
        }
    }

    @Test func `an acknowledgement counts once`() async throws {
        try await bench { bench, transport async throws in
            _ = bench.send(bench.work(0..<2))
            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
            let taken = try await reader.take(2)
            for _ in 0..<3 { reader.acknowledge([taken[0]]) }
            reader.subscription.acknowledge([DeliveryTag(channel: 99, number: 2), DeliveryTag(channel: 0, number: 999)])
            #expect(transport.unsettled == 1)
        }
    }

    @Test func `the console keeps the newest lines`() async throws {
        try await bench { bench, transport async throws in
            try await transport.provision(
                Topology(
                    exchanges: [.init(name: "x", kind: .fanout)],
                    queues: [.init(name: "q", arguments: ["x-max-length": 3, "x-overflow": "drop-head"])],
                    bindings: [.init(queue: "q", exchange: "x", routingKey: "")]))
            let outcomes = try await bench.send((0..<5).map { bench.message($0, exchange: "x", key: "any") }).value
            #expect(outcomes.allSatisfy { $0 == .confirmed })
            var reader = try await bench.reader(of: "q")
            #expect(try await reader.take(3).numbers == [2, 3, 4])
        }
    }

    @Test func `a full queue that rejects refuses`() async throws {
        try await bench { bench, transport async throws in
            try await transport.provision(
                Topology(queues: [.init(name: "q", arguments: ["x-max-length": 1, "x-overflow": "reject-publish"])]))
            let outcomes = try await bench.send((0..<2).map { bench.message($0, exchange: "", key: "q") }).value
            #expect(outcomes == [.confirmed, .refused])
        }
    }

    @Test func `what an exchange cannot route goes to its alternate`() async throws {
        let transport = InProcessTransport()
        let parked = Topology(
            exchanges: [
                .init(name: "parked", kind: .fanout),
                .init(name: "start", kind: .topic, arguments: ["alternate-exchange": "parked"]),
            ],
            queues: [.init(name: "parked")],
            bindings: [.init(queue: "parked", exchange: "parked", routingKey: "")])
        try await transport.provision(parked)
        let bench = TransportBench(transport: transport, hub: try TaskHubName("h"))
        #expect(try await bench.send([bench.message(0, exchange: "start", key: "k")]).value == [.confirmed])
        #expect(try await transport.depth(of: "parked") == 1)
    }

    @Test func `a lifecycle message reaches bindings to its instance`() async throws {
        try await bench { bench, transport async throws in
            let hub = bench.hub
            try await transport.provision(
                Topology(
                    queues: [.init(name: "one"), .init(name: "both")],
                    bindings: [
                        .init(queue: "one", exchange: hub.lifecycleExchange, routingKey: "instance.order-42.#"),
                        .init(queue: "both", exchange: hub.lifecycleExchange, routingKey: "#"),
                    ]))
            #expect(try await bench.send([LifecycleCodec(hub: hub).encode(Sample.lifecycle)]).value == [.confirmed])
            #expect(try await transport.depth(of: "one") == 1)
            #expect(try await transport.depth(of: "both") == 1)
        }
    }

    @Test func `a queue or exchange with other arguments is not taken for the same`() async throws {
        try await bench { bench, transport async throws in
            let queues = Topology(queues: [.init(name: bench.hub.intakeQueue, arguments: [:])])
            let exchanges = Topology(exchanges: [.init(name: bench.hub.startExchange, kind: .direct)])
            for topology in [queues, exchanges] {
                for check in [transport.provision, transport.verify] {
                    let error = await #expect(throws: MessagingError.self) { _ = try await check(topology) }
                    #expect(error?.code == .different)
                }
            }
        }
    }

    @Test func `completions never run inside publish, and run in the order of settling`() async throws {
        try await bench { bench, _ in
            let order = Mutex<[Int]>([])
            let last = PendingOutcomes()
            let line = bench.message(0, exchange: bench.hub.consoleExchange, key: "info.A")
            // Under a lock that the completion needs: run in here it would never end.
            order.withLock { _ in
                bench.transport.publish([line]) { _ in order.withLock { $0.append(-1) } }
            }
            for number in 0..<100 {
                bench.transport.publish([line]) { outcomes in
                    order.withLock { $0.append(number) }
                    if number == 99 { last.finish(outcomes) }
                }
            }
            _ = try await last.value
            #expect(order.withLock { $0 } == Array(-1..<100))
        }
    }

    @Test func `a completion may publish`() async throws {
        try await bench { bench, transport async throws in
            let second = PendingOutcomes()
            let line = bench.message(0, exchange: bench.hub.consoleExchange, key: "info.A")
            transport.publish([line]) { _ in transport.publish([line]) { second.finish($0) } }
            #expect(try await second.value == [.confirmed])
        }
    }

    @Test func `quiescence comes when everything that somebody reads is acknowledged`() async throws {
        try await bench { bench, transport async throws in
            await transport.quiescence()
            // Nobody reads this one: it does not count.
            _ = bench.send(bench.intake(0..<1))
            await transport.quiescence()

            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
            _ = bench.send(bench.work(0..<2))
            let quiet = PendingOutcomes()
            let waiting = Task {
                await transport.quiescence()
                quiet.finish([])
            }
            let taken = try await reader.take(2)
            reader.acknowledge([taken[0]])
            #expect(!quiet.isFinished)
            reader.acknowledge([taken[1]])
            try await waiting.ended()
            #expect(quiet.isFinished)
        }
    }

    @Test func `a reply counts as settled when it is taken from the stream`() async throws {
        try await bench { bench, transport async throws in
            var reader = QueueReader(try await transport.consumeReplies("reply.x"))
            #expect(try await bench.send([bench.message(7, exchange: "", key: "reply.x")]).value == [.confirmed])
            let waiting = Task { await transport.quiescence() }
            #expect(try await reader.take(1).numbers == [7])
            try await waiting.ended()
        }
    }

    @Test func `waiting for quiescence or messages ends when the task is cancelled`() async throws {
        try await bench { bench, transport async throws in
            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
            _ = bench.send(bench.work(0..<1))
            let waiting = Task { await transport.quiescence() }
            waiting.cancel()
            try await waiting.ended()
            _ = try await reader.take(1)
            let subscription = reader.subscription
            let reading = Task {
                var count = 0
                for try await batch in subscription.batches { count += batch.count }
                return count
            }
            reading.cancel()
            #expect(try await reading.ended() == 0)
        }
    }

    @Test func `a shutdown leaves what was not acknowledged unknown`() async throws {
        try await bench { bench, transport async throws in
            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
            let pending = bench.send(bench.work(0..<2))
            reader.acknowledge([try await reader.take(1)[0]])
            await transport.shutdown()
            let outcomes = try await pending.value
            try #require(outcomes.count == 2)
            #expect(outcomes[0] == .confirmed)
            guard case .unknown(let reason) = outcomes[1] else {
                Issue.record("\(outcomes[1])")
                return
            }
            #expect(reason.contains("shut down"))
        }
    }
}
