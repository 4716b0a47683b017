import AMQP

/// A subscription of RabbitMQ as the roles see it.
final class AMQPTransportSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let subscription: AMQPSubscription

    /// - Parameter declarations: of a reply queue, one element each time it is declared. From the second one on, an
    ///   empty batch tells the reader that what was in the queue before is gone.
    init(_ subscription: AMQPSubscription, declarations: AsyncStream<Void>? = nil) {
        self.subscription = subscription
        batches = AsyncThrowingStream { continuation in
            let watch = declarations.map { declarations in
                Task {
                    for await _ in declarations.dropFirst() { continuation.yield([]) }
                }
            }
            let task = Task {
                do {
                    for try await batch in subscription.batches { continuation.yield(batch.map(InboundMessage.init)) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in
                watch?.cancel()
                task.cancel()
            }
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
