package import AMQPMessages
import WarrenMessaging

/// A process's subscription to one queue.
package final class SimSubscription: MessageSubscription, @unchecked Sendable {
    package let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let feed: AsyncThrowingStream<[InboundMessage], any Error>.Continuation
    let consumer: SimConsumer
    private weak let connection: SimConnection?
    private(set) var isClosed = false
    private var isInterrupted = false

    init(_ queue: String, prefetch: Int, of connection: SimConnection) {
        let (batches, feed) = AsyncThrowingStream.makeStream(of: [InboundMessage].self, throwing: (any Error).self)
        self.batches = batches
        self.feed = feed
        self.connection = connection
        consumer = SimConsumer(queue: queue, prefetch: prefetch) { [weak connection] messages in
            connection?.inProcess { feed.yield(messages) }
            if let connection, connection.acknowledgesEarly { connection.acknowledgeEarly(messages, queue: queue) }
        }
    }

    package func acknowledge(_ tags: [DeliveryTag]) {
        if !isClosed { connection?.acknowledge(tags, of: self) }
    }

    package func setPrefetch(_ prefetch: Int) async {}

    package func close() async { finish() }

    /// Interrupts the subscription, because the channel is gone for now.
    func interrupt() {
        guard !isClosed, !isInterrupted else { return }
        isInterrupted = true
        connection?.broker.end(consumer)
        consumer.channel += 1
    }

    func resume() {
        guard !isClosed, isInterrupted else { return }
        isInterrupted = false
        connection?.broker.consume(consumer.queue, consumer)
    }

    func finish() {
        guard !isClosed else { return }
        if !isInterrupted { connection?.broker.end(consumer) }
        isClosed = true
        feed.finish()
    }
}
