import AMQP
import AMQPMessages

/// A reader of a stream over RabbitMQ. What is read counts as acknowledged: the prefetch bounds what waits for it.
final class AMQPStreamSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    init(_ subscription: AMQPSubscription, place: StreamPlace) {
        self.subscription = subscription
        // The reader pulls: see `AMQPTransportSubscription`.
        batches = AsyncThrowingStream {
            do {
                var deliveries = subscription.batches.makeAsyncIterator()
                while let batch = try await deliveries.next() {
                    guard let records = place.read(batch) else {
                        // Closing returns what was delivered to its queue.
                        await subscription.close()
                        throw MessagingError.noStream(subscription.queue, "its messages have no offset")
                    }
                    subscription.acknowledge(batch.map(\.tag))
                    if !records.isEmpty { return records }
                }
                return nil
            } catch let error as AMQPError {
                throw MessagingError.explaining(error, aboutStream: subscription.queue)
            }
        }
    }

    /// Does nothing: reading acknowledges.
    func acknowledge(_ tags: [DeliveryTag]) {}

    func setPrefetch(_ prefetch: Int) async {
        await subscription.setPrefetch(prefetch)
    }

    func close() async {
        await subscription.close()
    }
}
