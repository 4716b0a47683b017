import AMQPMessages
import WarrenMessaging

/// A subscription that brings nothing and notes what is acknowledged.
final class RecordingSubscription: MessageSubscription {
    let acknowledged = Happenings<DeliveryTag>()
    let batches = AsyncThrowingStream<[InboundMessage], any Error> { $0.finish() }

    func acknowledge(_ tags: [DeliveryTag]) {
        for tag in tags { acknowledged.add(tag) }
    }
    func setPrefetch(_ prefetch: Int) async {}
    func close() async {}
}
