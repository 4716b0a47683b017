import AMQP
import AMQPMessages
import Logging
import Synchronization

/// A quorum queue on the broker, as the hub's are, with a connection for each direction.
final class BrokerLoop: MessageLoop {
    private let publishing: AMQPConnection
    private let consuming: AMQPConnection
    private let channel: AMQPChannel
    private let consumer: AMQPConsumer
    private let queue: String
    private let message: OutboundMessage
    private let refused = Counter()
    private var batches: AsyncThrowingStream<[InboundMessage], any Error>.Iterator

    init(_ configuration: AMQPConfiguration, logger: Logger) async throws {
        queue = RandomName.make("benchfloor")
        publishing = try await AMQPConnection.open(configuration, logger: logger)
        consuming = try await AMQPConnection.open(configuration, logger: logger)
        channel = try await publishing.openChannel()
        try await channel.selectConfirms()
        let consumerChannel = try await consuming.openChannel()
        try await consumerChannel.declareQueue(queue, arguments: ["x-queue-type": "quorum"])
        consumer = try await consumerChannel.consume(queue, prefetch: 1000)
        batches = consumer.batches.makeAsyncIterator()
        message = OutboundMessage(
            routingKey: queue, properties: MessageProperties(isPersistent: true),
            body: [UInt8](repeating: 7, count: 200))
    }

    func send(_ count: Int) {
        channel.publish(Array(repeating: message, count: count)) { [refused] outcomes in
            for outcome in outcomes where outcome != .confirmed { refused.add() }
        }
    }

    func receive() async throws -> Int {
        guard refused.value == 0, let batch = try await batches.next(isolation: #isolation) else {
            throw BenchError(.broker, "The broker refused \(refused.value) messages of the floor")
        }
        consumer.acknowledge(batch.map(\.tag))
        return batch.count
    }

    func close() async throws {
        try await consumer.channel.deleteQueue(queue)
        await publishing.close()
        await consuming.close()
    }
}
