import AMQP
import AMQPMessages
import Synchronization

/// A reader of a stream over RabbitMQ. What is read counts as acknowledged: the prefetch bounds what waits for it.
///
/// Large batches are acknowledged only with the next read, so that a slow reader does not have a second prefetch of
/// large records waiting behind the one that it has in hand.
final class AMQPStreamSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    /// The size of a batch, in bytes, from which on it is large.
    private static let large = 4 << 20

    init(_ subscription: AMQPSubscription, place: StreamPlace) {
        self.subscription = subscription
        // The reader pulls: see `AMQPTransportSubscription`.
        let held = HeldTags()
        batches = AsyncThrowingStream {
            subscription.acknowledge(held.exchange([]))
            do {
                var deliveries = subscription.batches.makeAsyncIterator()
                while let batch = try await deliveries.next() {
                    guard let records = place.read(batch) else {
                        // Closing returns what was delivered to its queue.
                        await subscription.close()
                        throw MessagingError.noStream(subscription.queue, "its messages have no offset")
                    }
                    let tags = batch.map(\.tag)
                    if batch.reduce(0, { $0 + $1.body.count }) < Self.large || records.isEmpty {
                        subscription.acknowledge(tags)
                    } else {
                        _ = held.exchange(tags)
                    }
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

/// The deliveries that a reader has in hand.
private final class HeldTags: Sendable {
    private let tags = Mutex<[DeliveryTag]>([])

    func exchange(_ new: [DeliveryTag]) -> [DeliveryTag] {
        tags.withLock { tags in
            defer { tags = new }
            return tags
        }
    }
}
