import AMQP
import AMQPMessages

/// A subscription over RabbitMQ.
final class AMQPTransportSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    /// - Parameter acknowledgesReading: whether a batch that is read counts as acknowledged: then the broker's prefetch
    ///   bounds what waits for the reader, and the reader does not have to acknowledge.
    init(_ subscription: AMQPSubscription, acknowledgesReading: Bool = false) {
        self.subscription = subscription
        // The reader pulls, so that there is no task in between: this only translates errors. An iterator is only a
        // reference to its stream, so each pull may have its own.
        batches = AsyncThrowingStream {
            do {
                var deliveries = subscription.batches.makeAsyncIterator()
                guard let batch = try await deliveries.next() else { return nil }
                if acknowledgesReading { subscription.acknowledge(batch.map(\.tag)) }
                return batch
            } catch let error as AMQPError {
                throw MessagingError.explaining(error, about: "queue '\(subscription.queue)'")
            }
        }
    }

    func acknowledge(_ tags: [DeliveryTag]) {
        subscription.acknowledge(tags)
    }

    func setPrefetch(_ prefetch: Int) async {
        await subscription.setPrefetch(prefetch)
    }

    func close() async {
        await subscription.close()
    }
}
