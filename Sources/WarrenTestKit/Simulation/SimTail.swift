package import AMQPMessages
import WarrenMessaging

/// A process's reader of a stream.
package final class SimTail: MessageSubscription, @unchecked Sendable {
    package let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let feed: AsyncThrowingStream<[InboundMessage], any Error>.Continuation
    private let stream: SimStream
    private weak let connection: SimConnection?
    private var next: Int
    private var isClosed = false
    private var isInterrupted = false
    private var isDelivering = false

    /// The maximum number of records that are delivered together.
    private static let mostRecords = 20

    init(_ stream: SimStream, from start: StreamStart, of connection: SimConnection) {
        let (batches, feed) = AsyncThrowingStream.makeStream(of: [InboundMessage].self, throwing: (any Error).self)
        self.batches = batches
        self.feed = feed
        self.stream = stream
        self.connection = connection
        next =
            switch start {
            case .first: stream.first
            case .last: max(stream.first, stream.records.count - 1)
            case .next: stream.records.count
            case .offset(let offset): max(stream.first, Int(clamping: offset))
            }
        stream.add(self)
        deliverLater()
    }

    /// Delivers what is behind the reader's place, after a while.
    func deliverLater() {
        guard !isClosed, !isInterrupted, !isDelivering, next < stream.records.count, let connection else { return }
        isDelivering = true
        let faults = connection.broker.faults
        let world = connection.broker.world
        var wait = max(0, connection.broker.streamsReturn - world.time)
        if faults.strikes(.streamStands, of: stream.entity) != nil { wait += 3_000_000 }
        world.after(wait + faults.delay("tail", stream.entity, most: 1000)) { [self] in
            isDelivering = false
            deliver()
            deliverLater()
        }
    }

    private func deliver() {
        guard !isClosed, !isInterrupted, next < stream.records.count, let connection else { return }
        let count =
            1 + Int(connection.broker.world.draws.number("batch", stream.entity, next) % UInt64(Self.mostRecords))
        // A reader that is too slow misses what the broker has removed.
        next = max(next, stream.first)
        let records = Array(stream.records[next...].prefix(count))
        next += records.count
        connection.inProcess { [feed] in feed.yield(records) }
    }

    package func acknowledge(_ tags: [DeliveryTag]) {}

    package func setPrefetch(_ prefetch: Int) async {}

    package func close() async { finish() }

    func interrupt() { isInterrupted = true }

    func resume() {
        isInterrupted = false
        deliverLater()
    }

    /// Ends because the stream was deleted.
    func end() {
        guard !isClosed else { return }
        isClosed = true
        guard let connection else { return }
        connection.inProcess { [feed, stream] in
            feed.finish(throwing: MessagingError(.missing, "There is no stream '\(stream.name)' any more."))
        }
    }

    func finish() {
        guard !isClosed else { return }
        isClosed = true
        stream.remove(self)
        feed.finish()
    }
}
