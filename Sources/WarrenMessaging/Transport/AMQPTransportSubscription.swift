import AMQP

/// A subscription of RabbitMQ as the roles see it.
final class AMQPTransportSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    init(_ subscription: AMQPSubscription) {
        self.subscription = subscription
        batches = AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    for try await batch in subscription.batches { continuation.yield(batch.map(InboundMessage.init)) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    func acknowledge(_ tags: [DeliveryTag]) {
        var numbers: [UInt64: [UInt64]] = [:]
        for tag in tags { numbers[tag.channel, default: []].append(tag.number) }
        for (channel, numbers) in numbers { subscription.acknowledge(numbers, channel: channel) }
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
