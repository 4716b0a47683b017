package import AMQPMessages
import Synchronization

extension AMQPChannel {
    private static let consumerCount = Atomic<UInt64>(0)

    /// Starts consuming a queue.
    ///
    /// Deliveries that have arrived and were not read from the stream are bounded by `prefetch`; without
    /// acknowledgements they are not bounded, so use `noAck` only for queues that receive nothing but answers to your
    /// own requests.
    ///
    /// - Parameters:
    ///   - prefetch: how many deliveries may be unacknowledged at once; `nil` leaves the channel's setting.
    ///   - noAck: deliveries count as acknowledged when they are sent.
    ///   - isExclusive: fail when there is another consumer.
    /// - Throws: `notFound`, `permissionDenied`, `resourceLocked` (another connection's queue, or another consumer of
    ///   an exclusive one), `brokerFailure` when a quorum queue has no leader yet.
    package func consume(
        _ queue: String, prefetch: Int? = nil, noAck: Bool = false, isExclusive: Bool = false,
        arguments: FieldTable = [:]
    ) async throws -> AMQPConsumer {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: [InboundMessage].self, throwing: (any Error).self)
        let sink = ConsumerSink(
            deliver: { continuation.yield($0) }, end: { continuation.finish(throwing: $0) })
        let tag = try await consume(
            queue, prefetch: prefetch, noAck: noAck, isExclusive: isExclusive, arguments: arguments, sink: sink)
        return AMQPConsumer(channel: self, tag: tag, batches: stream)
    }

    /// Starts consuming a queue with closures in place of a stream. Returns the consumer's tag.
    func consume(
        _ queue: String, prefetch: Int?, noAck: Bool, isExclusive: Bool = false, arguments: FieldTable = [:],
        sink: ConsumerSink
    ) async throws -> String {
        if let prefetch { try await setPrefetch(prefetch) }
        let tag = "c\(Self.consumerCount.add(1, ordering: .relaxed).newValue)"
        try await request(
            .consume(queue: queue, tag: tag, noAck: noAck, isExclusive: isExclusive, arguments: arguments), sink: sink)
        return tag
    }

    /// Acknowledges deliveries of this channel, in any order. Sent together at the end of the connection's round, with
    /// as few `basic.ack`s as their order allows. A tag acknowledged twice, never delivered, or of another
    /// channel is ignored.
    package func acknowledge(_ tags: [DeliveryTag]) {
        connection.mailbox.post(.acknowledge(channel: id, tags))
    }
}
