import AMQP

/// A subscription over RabbitMQ.
final class AMQPTransportSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    /// - Parameter acknowledgesReading: whether a batch that is read counts as acknowledged: then the broker's prefetch
    ///   bounds what waits for the reader, and the reader does not have to acknowledge.
    init(_ subscription: AMQPSubscription, acknowledgesReading: Bool = false) {
        self.subscription = subscription
        // The reader pulls: there is no task in between, and nothing is converted before it is read. An iterator is
        // only a reference to its stream, so each pull may have its own.
        batches = AsyncThrowingStream {
            do {
                var deliveries = subscription.batches.makeAsyncIterator()
                guard let batch = try await deliveries.next() else { return nil }
                // All deliveries of a batch arrived on one channel.
                if acknowledgesReading, let channel = batch.first?.channel {
                    subscription.acknowledge(batch.map(\.tag), channel: channel)
                }
                return batch.map(InboundMessage.init)
            } catch let error as AMQPError {
                throw MessagingError.explaining(error, about: "queue '\(subscription.queue)'")
            }
        }
    }

    func acknowledge(_ tags: [DeliveryTag]) {
        // Nearly always all tags are of one channel.
        var rest = tags[...]
        while let channel = rest.first?.channel {
            let run = rest.prefix { $0.channel == channel }
            subscription.acknowledge(run.map(\.number), channel: channel)
            rest = rest.dropFirst(run.count)
        }
    }

    func setPrefetch(_ prefetch: Int) async {
        await subscription.setPrefetch(prefetch)
    }

    func close() async {
        await subscription.close()
    }
}

extension InboundMessage {
    fileprivate init(_ delivery: AMQPDelivery) {
        self.init(
            exchange: delivery.exchange, routingKey: delivery.routingKey, isRedelivered: delivery.isRedelivered,
            tag: DeliveryTag(channel: delivery.channel, number: delivery.tag), properties: delivery.properties,
            body: delivery.body)
    }
}
