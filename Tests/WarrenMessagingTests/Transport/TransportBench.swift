import AMQPMessages
import TestSupport
import Testing

@testable import WarrenMessaging

/// A transport with a fresh hub on it, and short words for what the suite does with it.
struct TransportBench: Sendable {
    let transport: any MessageTransport
    let hub: TaskHubName

    /// Provisions a hub of two partitions with the activity `Work`; shuts the transport down and removes the hub afterwards.
    static func with(_ kind: TransportUnderTest, _ body: (TransportBench) async throws -> Void) async throws {
        let hub = try TaskHubName("t" + WireID.random().filter { $0 != "-" })
        let bench = TransportBench(transport: try await kind.make(), hub: hub)
        try await withCleanUp {
            try await bench.transport.provision(bench.topology)
            try await body(bench)
        } afterwards: {
            await bench.transport.shutdown()
            if bench.transport is AMQPTransport {
                try await TestBroker.remove(
                    hub, partitions: 2, activities: ["Work"], and: Topology(exchanges: [bench.deaf]))
            }
        }
    }

    var topology: Topology {
        var topology = TaskHubTopology.hub(hub, partitions: 2)
        let activities = TaskHubTopology.activities(["Work"], of: hub)
        topology.queues += activities.queues
        topology.bindings += activities.bindings
        return topology
    }

    /// An exchange of a test's own, which nothing is bound to.
    var deaf: Topology.Exchange { .init(name: "\(hub).nothing", kind: .topic) }

    func message(_ number: Int, exchange: String, key: String, isMandatory: Bool = true) -> OutboundMessage {
        OutboundMessage(
            exchange: exchange, routingKey: key, isMandatory: isMandatory, properties: .init(isPersistent: true),
            body: Array(String(number).utf8))
    }

    func work(_ numbers: Range<Int>) -> [OutboundMessage] {
        numbers.map { message($0, exchange: hub.activityExchange, key: "Work") }
    }

    func intake(_ numbers: Range<Int>) -> [OutboundMessage] {
        numbers.map { message($0, exchange: hub.startExchange, key: "Hello") }
    }

    /// Publishes without waiting.
    func send(_ messages: [OutboundMessage]) -> PendingOutcomes {
        let pending = PendingOutcomes()
        transport.publish(messages) { pending.finish($0) }
        return pending
    }

    func reader(of queue: String, prefetch: Int = 100) async throws -> QueueReader {
        QueueReader(try await transport.consume(queue, prefetch: prefetch))
    }
}

/// The outcomes of a publish, once they are known.
final class PendingOutcomes: Sendable {
    private let calls = Watched<[[PublishOutcome]]>([])

    var isFinished: Bool { !calls.value.isEmpty }

    func finish(_ known: [PublishOutcome]) {
        let count = calls.change { calls in
            calls.append(known)
            return calls.count
        }
        #expect(count == 1, "a completion is called once")
    }

    var value: [PublishOutcome] {
        get async throws { try await calls.wait(for: "what becomes of messages", until: \.first) }
    }
}

/// Takes messages of a queue one by one.
struct QueueReader {
    let subscription: any MessageSubscription
    private var iterator: AsyncThrowingStream<[InboundMessage], any Error>.Iterator
    private(set) var buffer: [InboundMessage] = []

    init(_ subscription: any MessageSubscription) {
        self.subscription = subscription
        iterator = subscription.batches.makeAsyncIterator()
    }

    /// The next messages.
    ///
    /// - Throws: `EarlyEnd` if the stream ends before there are so many, as it also does when a time limit is over.
    mutating func take(_ count: Int) async throws -> [InboundMessage] {
        while buffer.count < count {
            guard let batch = try await iterator.next(isolation: #isolation) else {
                throw EarlyEnd(taken: buffer.count, wanted: count)
            }
            buffer += batch
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    struct EarlyEnd: Error {
        var taken: Int
        var wanted: Int
    }

    /// Whether the stream ends without another message.
    mutating func ends() async throws -> Bool {
        try await iterator.next(isolation: #isolation) == nil && buffer.isEmpty
    }

    /// The next messages, for a reader that is used once.
    consuming func taking(_ count: Int) async throws -> [InboundMessage] {
        try await take(count)
    }

    func acknowledge(_ messages: [InboundMessage]) {
        subscription.acknowledge(messages.map(\.tag))
    }
}

extension [InboundMessage] {
    /// The numbers that the bench gave them.
    var numbers: [Int] { compactMap { Int(String(decoding: $0.body, as: UTF8.self)) } }
}
