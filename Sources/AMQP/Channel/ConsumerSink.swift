/// Where a consumer's deliveries go. Both closures run on the connection's thread and must return quickly.
struct ConsumerSink: Sendable {
    /// Takes the deliveries of one round of the connection's loop.
    var deliver: @Sendable ([AMQPDelivery]) -> Void
    /// Called once, after the last batch; `nil` when we ended it ourselves.
    var end: @Sendable (AMQPError?) -> Void
}
