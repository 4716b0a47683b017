import AMQP

/// A subscription over RabbitMQ, as the roles see it.
final class AMQPTransportSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    init(_ subscription: AMQPSubscription) {
        self.subscription = subscription
        // Pulled by the reader itself: no task in between, and nothing is converted before it is wanted. An iterator is
        // only a reference to its stream, so each pull may have its own.
        batches = AsyncThrowingStream {
            do {
                var deliveries = subscription.batches.makeAsyncIterator()
                return try await deliveries.next()?.map(InboundMessage.init)
            } catch let error as AMQPError {
                throw MessagingError.explaining(error, about: "queue '\(subscription.queue)'")
            }
        }
    }

    func acknowledge(_ tags: [DeliveryTag]) {
        // Nearly always all of them are of one channel.
        var rest = tags[...]
        while let channel = rest.first?.channel {
            let run = rest.prefix { $0.channel == channel }
            subscription.acknowledge(run.map(\.number), channel: channel)
            rest = rest.dropFirst(run.count)
        }
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
