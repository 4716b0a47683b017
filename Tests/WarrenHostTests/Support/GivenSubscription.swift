import AMQPMessages
import WarrenMessaging

/// A subscription that brings what a test gives it, and notes what is acknowledged.
final class GivenSubscription: MessageSubscription {
    let acknowledged = Happenings<DeliveryTag>()
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let continuation: AsyncThrowingStream<[InboundMessage], any Error>.Continuation

    init() {
        (batches, continuation) = AsyncThrowingStream.makeStream()
    }

    /// Brings messages as one batch, over the channel.
    func bring(_ messages: [OutboundMessage], over channel: UInt64 = 1, from first: UInt64 = 1) {
        continuation.yield(
            messages.enumerated().map { offset, message in
                InboundMessage(
                    exchange: message.exchange, routingKey: message.routingKey,
                    tag: DeliveryTag(channel: channel, number: first + UInt64(offset)),
                    properties: message.properties, body: message.body)
            })
    }

    func acknowledge(_ tags: [DeliveryTag]) {
        for tag in tags { acknowledged.add(tag) }
    }
    func setPrefetch(_ prefetch: Int) async {}
    func close() async { continuation.finish() }
}
