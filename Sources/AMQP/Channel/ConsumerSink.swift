import AMQPMessages

/// The target of a consumer's deliveries. Both closures run on the connection's thread and must return quickly.
struct ConsumerSink: Sendable {
    /// Gets the deliveries of one round of the connection's loop.
    var deliver: @Sendable ([InboundMessage]) -> Void
    /// Called once, after the last batch; with `nil` when this side ended it.
    var end: @Sendable (AMQPError?) -> Void
}
