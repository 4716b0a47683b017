import AMQPMessages
import WarrenMessaging

/// A queue of the in-process transport.
final class InProcessLoop: MessageLoop {
    private static let queue = "floor"
    private let transport = InProcessTransport()
    private let subscription: any MessageSubscription
    private let refused = Counter()
    private let message = OutboundMessage(
        exchange: "", routingKey: queue, properties: MessageProperties(isPersistent: true),
        body: [UInt8](repeating: 7, count: 200))
    private var batches: AsyncThrowingStream<[InboundMessage], any Error>.Iterator

    init() async throws {
        try await transport.provision(Topology(queues: [.init(name: Self.queue)]))
        subscription = try await transport.consume(Self.queue, prefetch: 1000)
        batches = subscription.batches.makeAsyncIterator()
    }

    func send(_ count: Int) {
        transport.publish(Array(repeating: message, count: count)) { [refused] outcomes in
            for outcome in outcomes where outcome != .confirmed { refused.add() }
        }
    }

    func receive() async throws -> Int {
        guard refused.value == 0, let batch = try await batches.next(isolation: #isolation) else {
            throw BenchError(.broker, "The transport refused \(refused.value) messages of the floor")
        }
        subscription.acknowledge(batch.map(\.tag))
        return batch.count
    }

    func close() async throws { await transport.shutdown() }
}
