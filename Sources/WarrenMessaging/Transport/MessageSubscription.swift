public import AMQPMessages

/// A consumer of one queue.
public protocol MessageSubscription: AnyObject, Sendable {
    /// Deliveries, in batches as they were read from the connection. Ends when the subscription is closed; throws when
    /// it cannot go on (access refused, queue deleted for good).
    var batches: AsyncThrowingStream<[InboundMessage], any Error> { get }

    /// Acknowledges deliveries, at once and in any order. Tags of an earlier channel are ignored.
    func acknowledge(_ tags: [DeliveryTag])

    /// Sets how many deliveries may be unacknowledged at once; with 0 nothing is delivered until it is raised. Returns
    /// when the broker has applied it. Deliveries already on their way still arrive, and may exceed the new number.
    func setPrefetch(_ prefetch: Int) async

    /// Closes the channel: nothing more is delivered, and unacknowledged messages return to the queue, in order.
    /// Acknowledge finished ones before.
    func close() async
}
