import AMQPMessages
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenSupport

@testable import WarrenHost

/// A broker that takes messages and confirms none: what the host keeps in memory, what it takes, and that nothing is lost.
@Suite("A publisher that is stuck", .timeLimit(.minutes(5)))
struct StuckPublisherTests {
    private static let hub = "stuck"

    /// Runs a host of one partition whose lifecycle messages can get stuck.
    private func withHost(
        rows: Int, stuck exchange: (TaskHubName) -> String = \.lifecycleExchange,
        _ body: (TaskHubClient, StuckTransport, any PartitionStore, LogLines, OneShot<Int>) async throws -> Void
    ) async throws {
        let names = try TaskHubName(Self.hub)
        let transport = StuckTransport(exchange: exchange(names))
        let store = try InMemoryPartitionStore(hub: Self.hub)
        var configuration = HostConfiguration(hub: Self.hub, partitionCount: 1)
        configuration.reports.lifecycle = .everything
        configuration.messages.prefetch = 8
        configuration.messages.maximumOutboxRows = rows
        configuration.leases.after = .milliseconds(1)
        configuration.leases.duration = .seconds(4)
        let book = LogLines(from: .debug)
        var environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false, store: { _, _, _ in store },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        environment.boundOutbox(messages: 6, bytes: 1 << 20)
        let host = try TaskHubHost(configuration, environment: environment, logger: book.logger)
        host.register(Orchestration<Int, Int>("Echo")) { _, number in number }
        host.register(Orchestration<Int, Int>("Ticks")) { context, count in
            for number in 0..<count {
                try await context.sleep(for: .milliseconds(1))
                context.print("tick \(number)")
            }
            return count
        }
        let finish = OneShot<Int>()
        host.register(Activity<Int, Int>("Long")) { _ in await finish.value }
        host.register(Orchestration<Int, Int>("CallsLong")) { context, number in
            try await context.call(Activity<Int, Int>("Long"), number)
        }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let client = try await TaskHubClient(hub: Self.hub, transport: transport.inner)
        do {
            try await body(client, transport, store, book, finish)
        } catch {
            Issue.record(error)
        }
        await client.close()
        finish.set(0)
        transport.letGo()
        running.cancel()
        try await running.ended()
        await transport.shutdown()
    }

    @Test("Memory and intake are bounded, questions are answered, and all goes through when it is let go")
    func bounded() async throws {
        let total = 60
        try await withHost(rows: 16) { client, transport, store, book, _ in
            // Asked now, the hub's size is known later: this question would have to get past the starts in the intake.
            _ = try await client.list()
            transport.stick()
            // Published on the transport itself: nobody confirms them before they are taken.
            let encoder = RequestEncoder(hub: try TaskHubName(Self.hub), replyQueue: "reply.none")
            let starts = (0..<total).map { number in
                encoder.start(
                    StartCommand(name: "Echo", instanceID: "i\(number)", input: Payload(json: "\(number)")),
                    reply: .none,
                    ids: RequestIDs(messageID: "m\(number)", correlationID: "c"))
            }
            let confirmed = Task { try await transport.inner.outcomes(of: starts) }
            try await book.wait(for: "takes no new starts")
            // A question to the partition gets past what waits, and its answer past what is stuck.
            // An answer comes when all that was taken before it is durable; the one after it shows that.
            _ = try await client.list()
            let listed = try await client.list(InstanceQuery(limit: 1000)).instances.count
            #expect((8...24).contains(listed), "taken: \(listed)")
            #expect(transport.mostOpen <= 8, "on its way: \(transport.mostOpen)")
            #expect(try store.counts().outbox >= 8)
            #expect(try await client.list(InstanceQuery(limit: 1000)).instances.count == listed, "no more are taken")

            transport.letGo()
            #expect(try await confirmed.ended().allSatisfy { $0 == .confirmed })
            for number in 0..<total {
                #expect(try await client.wait(for: "i\(number)").output == Payload(json: "\(number)"))
            }
            try await book.wait(for: "takes starts, events and control messages again")
        }
    }

    @Test("What no room was for is sent in order from the store, once the rest is confirmed")
    func backlog() async throws {
        try await withHost(rows: 1000) { client, transport, store, _, _ in
            transport.stick()
            let names = try TaskHubName(Self.hub)
            try await transport.provision(
                Topology(
                    queues: [.init(name: "seen")],
                    bindings: [
                        .init(
                            queue: "seen", exchange: names.lifecycleExchange,
                            routingKey: "orchestration.completed.#")
                    ]))
            for number in 0..<40 {
                _ = try await client.start(
                    named: "Echo", input: Payload(json: "1"), id: "i\(number)", until: .confirmed)
            }
            #expect(transport.mostOpen <= 8, "on its way: \(transport.mostOpen)")
            transport.letGo()
            var seen: [String] = []
            let subscription = try await transport.consume("seen", prefetch: 100)
            for try await batch in subscription.batches {
                subscription.acknowledge(batch.map(\.tag))
                seen += batch.compactMap { $0.properties.headers[WireHeader.instanceID]?.string }
                if seen.count == 40 { break }
            }
            #expect(seen == (0..<40).map { "i\($0)" })
        }
    }

    @Test("Timers stop at the bound, so that they cannot fill the disk, and go on when there is room")
    func timers() async throws {
        try await withHost(rows: 8, stuck: \.consoleExchange) { client, transport, store, book, _ in
            let instance = try await client.start(named: "Ticks", input: Payload(json: "50"))
            transport.stick()
            try await book.wait(for: "timers wait as well")
            for _ in 0..<3 { _ = try await client.list() }
            #expect((8...10).contains(try store.counts().outbox))
            transport.letGo()
            try await book.wait(for: "timers fire again")
            #expect(try await instance.result() == Payload(json: "50"))
        }
    }

    @Test(
        "A worker that cannot say that it works keeps its lease while the broker is blocked or lost, and leaves no pile of heartbeats",
        arguments: [false, true])
    func leases(isLost: Bool) async throws {
        try await withHost(rows: 1000, stuck: \.resultExchange) { client, transport, store, book, finish in
            let instance = try await client.start(named: "CallsLong", input: Payload(json: "1"))
            while try store.recover().leases.isEmpty { _ = try await client.list() }
            if isLost { transport.lose(true) } else { transport.block("low on memory") }
            transport.stick()
            try await book.wait(for: "A lease is prolonged", count: 2)
            #expect(transport.open == 1, "one heartbeat waits, however long it takes")
            if isLost { transport.lose(false) } else { transport.block(nil) }
            transport.letGo()
            finish.set(42)
            #expect(try await instance.result() == Payload(json: "42"))
            #expect(book.count(of: "worker is silent") == 0)
        }
    }

    @Test("A blocked broker is told once and given nothing; afterwards everything goes out")
    func blocked() async throws {
        try await withHost(rows: 1000) { client, transport, store, book, _ in
            transport.block("low on memory")
            try await book.wait(for: "The broker takes no messages")
            #expect(book.count(of: "rabbitmqctl status") == 1)
            let starting = Task { try await client.start(named: "Echo", input: Payload(json: "7"), id: "a") }
            // A question is answered at once; the reply to the start waits in the store with everything else.
            while try await client.status(of: "a") == nil {}
            #expect(transport.open == 0)
            #expect(try store.counts().outbox > 0)
            transport.block(nil)
            try await book.wait(for: "The broker takes messages again")
            #expect(try await starting.value.result() == Payload(json: "7"))
        }
    }
}
