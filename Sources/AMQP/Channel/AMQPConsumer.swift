package import AMQPMessages

/// A consumer of a queue on one channel; it ends with that channel.
package final class AMQPConsumer: Sendable {
    package let channel: AMQPChannel
    /// The broker's name for it.
    package let tag: String
    /// Deliveries, one batch for each round of the connection. Finishes when the consumer is cancelled or its channel
    /// closed by this side; throws ``AMQPError`` otherwise.
    package let batches: AsyncThrowingStream<[InboundMessage], any Error>

    init(channel: AMQPChannel, tag: String, batches: AsyncThrowingStream<[InboundMessage], any Error>) {
        self.channel = channel
        self.tag = tag
        self.batches = batches
    }

    /// Acknowledges deliveries, in any order.
    package func acknowledge(_ tags: [DeliveryTag]) { channel.acknowledge(tags) }

    /// Stops delivery. Unacknowledged deliveries stay with this consumer until they are acknowledged or the channel
    /// closes.
    package func cancel() async throws {
        try await channel.request(.cancel(tag: tag))
    }
}
