import AMQPMessages

/// A consumer of a queue of the in-process transport.
final class InProcessSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>

    private let transport: InProcessTransport
    private let consumer: Int

    init(transport: InProcessTransport, consumer: Int) {
        self.transport = transport
        self.consumer = consumer
        // The reader pulls: messages that arrive while it works are delivered as one batch.
        batches = AsyncThrowingStream { try await transport.next(consumer) }
    }

    func acknowledge(_ tags: [DeliveryTag]) {
        transport.acknowledge(tags, by: consumer)
    }

    func setPrefetch(_ prefetch: Int) async {
        transport.setPrefetch(prefetch, of: consumer)
    }

    func close() async {
        transport.close(consumer)
    }
}
