/// A consumer of one queue.
package protocol MessageSubscription: AnyObject, Sendable {
    /// What arrives, in batches as they came off the wire. Ends when the subscription is closed; throws when it cannot
    /// go on (access refused, queue deleted for good).
    var batches: AsyncThrowingStream<[InboundMessage], any Error> { get }

    /// Acknowledges deliveries, at once and in any order. Tags of an earlier channel are ignored.
    func acknowledge(_ tags: [DeliveryTag])

    /// Sets how many deliveries may be unacknowledged at once; 0: none come until it is more. Returns when the broker
    /// heeds it. What is on its way then still arrives, and may come on top of what the new number allows.
    func setPrefetch(_ prefetch: Int) async

    /// Closes the channel: nothing more is delivered, and what is unacknowledged goes back to the queue, in order.
    /// Acknowledge what is finished before.
    func close() async
}
