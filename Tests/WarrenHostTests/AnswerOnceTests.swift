import AMQPMessages
import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// A question is answered once. What nobody waits for any more is dropped, and only who got no answer is told so.
@Suite("Answers, once", .timeLimit(.minutes(5)))
struct AnswerOnceTests {
    private static let hub = "once"
    private static let echo = Orchestration<Int, Int>("Echo")

    private func withHost(
        _ transport: any MessageTransport, clock: any HostClock = SystemHostClock(), hub: String = Self.hub,
        store: @escaping @Sendable () throws -> any PartitionStore = { try InMemoryPartitionStore(hub: Self.hub) },
        _ body: () async throws -> Void
    ) async throws {
        var configuration = HostConfiguration(hub: hub, partitionCount: 1)
        configuration.graces.stop = .zero
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false, store: { _, _, _ in try store() }, clock: clock,
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(configuration, environment: environment, logger: LogLines().logger)
        host.register(Self.echo) { _, number in number }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        do {
            try await body()
        } catch {
            Issue.record(error)
        }
        running.cancel()
        if let clock = clock as? VirtualClock { _ = clock.move(to: clock.now) }
        try await running.ended()
    }

    @Test("An answer to somebody who has gone is sent once, and the question is done with")
    func gone() async throws {
        let transport = CountingTransport()
        try await withHost(transport) {
            let encoder = RequestEncoder(hub: try TaskHubName(Self.hub), replyQueue: "reply.gone")
            for _ in 0..<3 {
                #expect(try await transport.outcome(of: encoder.query(.describe, ids: .random())) == .confirmed)
            }
            #expect(transport.published(to: "reply.gone") == 3)
        }
        await transport.shutdown()
    }

    @Test("An answer that the broker refuses is tried a few times, then dropped; the question is done with")
    func refused() async throws {
        let transport = CountingTransport(refusing: "reply.full")
        let clock = VirtualClock(Cluster.beginning)
        try await withHost(transport, clock: clock) {
            let encoder = RequestEncoder(hub: try TaskHubName(Self.hub), replyQueue: "reply.full")
            let settled = Watched<[PublishOutcome]?>(nil)
            transport.publish([encoder.query(.describe, ids: .random())]) { outcomes in settled.change { $0 = outcomes }
            }
            try await untilSeen("the question to be settled") {
                if settled.value != nil { return true }
                _ = clock.move(to: clock.now.advanced(by: .seconds(3)))
                return false
            }
            #expect(settled.value == [.confirmed])
            #expect(transport.published(to: "reply.full") <= 5)
            let before = transport.published(to: "reply.full")
            let end = clock.now.advanced(by: .hours(1))
            while clock.move(to: end) {}
            #expect(transport.published(to: "reply.full") == before)
        }
        await transport.shutdown()
    }

    @Test(
        "A question that comes again a minute after it was asked is dropped: whoever asked has asked again, or has gone",
        arguments: [(59, true), (61, false)])
    func old(age: Int, isAnswered: Bool) async throws {
        let inner = InProcessTransport()
        let stuck = StuckTransport(exchange: "", inner: inner)
        let asked = Cluster.beginning
        let encoder = RequestEncoder(hub: try TaskHubName(Self.hub), replyQueue: "reply.once")
        let replies = try await inner.consumeReplies("reply.once")
        func question(_ name: String) -> OutboundMessage {
            encoder.query(.describe, ids: RequestIDs(messageID: name, correlationID: name)).published(at: asked)
        }
        let settled = Watched<[PublishOutcome]?>(nil)
        try await withHost(stuck) {
            stuck.stick()
            inner.publish([question("old")]) { outcomes in settled.change { $0 = outcomes } }
            try await stuck.gotStuck.wait(for: 1)
        }
        // It took the answer along: the next host gets the question again.
        try await withHost(inner, clock: VirtualClock(asked.advanced(by: .seconds(age)))) {
            #expect(try await settled.wait(for: "the question to be settled") { $0 } == [.confirmed])
            // As old, but it comes for the first time: somebody waits.
            inner.publish([question("new")]) { _ in }
            var told: [String] = []
            for try await batch in replies.batches {
                told += batch.compactMap(\.properties.correlationID)
                if told.contains("new") { break }
            }
            #expect(told == (isAnswered ? ["old", "new"] : ["new"]))
        }
        await replies.close()
        await inner.shutdown()
    }

    @Test("Who is refused an answer is told by the host that refused; 'no host answered' is said when none is there")
    func refusal() async throws {
        let transport = InProcessTransport()
        try await withHost(
            transport, store: { UnlistableStore(try InMemoryPartitionStore(hub: Self.hub)) }
        ) {
            let client = try await TaskHubClient(hub: Self.hub, transport: transport, timeout: .seconds(60))
            #expect(try await client.start(Self.echo, 5, id: "e").result() == 5)
            let error = await #expect(throws: ClientError.self) { _ = try await client.list() }
            #expect(error?.code == .rejected)
            #expect(error?.message.contains("No host") == false, "\(String(describing: error))")
            #expect(error?.message.contains("cannot read what was asked for") == true)
            await client.close()
        }
        // Now there is none.
        let clock = AtOnce()
        let client = try await TaskHubClient(hub: Self.hub, transport: transport, timeout: .seconds(60), clock: clock)
        let error = await #expect(throws: ClientError.self) { _ = try await client.list() }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("No host of hub 'once' answered within 60.0 seconds") == true)
        await client.close()
        await transport.shutdown()
    }
}

/// A store that cannot be listed.
private final class UnlistableStore: ForwardingStore {
    let store: any PartitionStore

    init(_ store: any PartitionStore) { self.store = store }

    func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        throw StorageError(.io, "The disk has gone.")
    }
}

/// A clock whose pauses are over at once.
private struct AtOnce: Clock {
    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }
    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {}
}

/// Counts what is published to queues, and refuses what is for one of them, as a full queue does.
private final class CountingTransport: ForwardingTransport {
    let target: any MessageTransport = InProcessTransport()
    private let refused: String?
    private let counts = Mutex<[String: Int]>([:])

    init(refusing queue: String? = nil) { refused = queue }

    func published(to queue: String) -> Int { counts.withLock { $0[queue] ?? 0 } }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        counts.withLock { counts in
            for message in messages where message.exchange.isEmpty { counts[message.routingKey, default: 0] += 1 }
        }
        guard let refused, messages.contains(where: { $0.exchange.isEmpty && $0.routingKey == refused }) else {
            return target.publish(messages, completion: completion)
        }
        let outcomes = messages.map { _ in PublishOutcome.refused }
        DispatchQueue.global().async { completion(outcomes) }
    }
}
