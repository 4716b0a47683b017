package import AMQPMessages

/// The options for consuming a queue.
package struct SubscriptionOptions: Sendable {
    /// How many deliveries may be unacknowledged at once.
    package var prefetch: Int
    /// Deliveries count as acknowledged when they are sent.
    package var noAck: Bool
    /// Fail when there is another consumer.
    package var isExclusive: Bool
    /// Consumer arguments, for example `x-stream-offset`.
    package var arguments: FieldTable
    /// The time for which a queue may be missing, locked or without a leader after a reconnect before the subscription
    /// fails. A broker that has just started answers 404 and 541 for queues that it has not recovered yet.
    package var recoveryTime: Duration

    /// Whether an empty batch reports that the subscription was set up anew. A queue that ends with its connection
    /// loses its messages, and the reader has to ask for them again.
    package var tellsRenewal = false
    /// Called, in turn, when nothing is consumed any more, and when consuming has resumed or has ended. Must return
    /// quickly.
    package var interruption: @Sendable (_ isInterrupted: Bool) -> Void = { _ in }
    /// The consumer arguments in the place of `arguments`, computed for each consumer: a reader of a stream continues
    /// behind the last record that it got.
    package var renewedArguments: (@Sendable () -> FieldTable)?
    /// The longest pause between attempts on a connection that works; `nil` for that of the session.
    package var mostPause: Duration?
    /// Called with the deliveries of each batch, in order, before the batch can be read. Must return quickly.
    package var delivered: @Sendable ([InboundMessage]) -> Void = { _ in }
    /// The time for which an error may repeat, at first or after the first consumer, before the subscription fails; zero
    /// for none, `nil` for the usual rule.
    package var patience: @Sendable (_ error: AMQPError, _ isFirst: Bool) -> Duration? = { _, _ in nil }

    package init(
        prefetch: Int = 200, noAck: Bool = false, isExclusive: Bool = false, arguments: FieldTable = [:],
        recoveryTime: Duration = .seconds(60)
    ) {
        self.prefetch = prefetch
        self.noAck = noAck
        self.isExclusive = isExclusive
        self.arguments = arguments
        self.recoveryTime = recoveryTime
    }
}
