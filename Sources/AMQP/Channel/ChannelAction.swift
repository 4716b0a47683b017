import WarrenSupport

/// Called once with one outcome per message of a batch, in their order, on the connection's thread.
package typealias PublishCompletion = @Sendable ([ConfirmOutcome]) -> Void

/// Told once, on the connection's thread, that a channel is over: its number in the life of the process, and the error,
/// `nil` when we closed it. It is told before the publishes that end with the channel, so that who publishes again at
/// once knows better than to use the channel.
package typealias ChannelObserver = @Sendable (UInt64, AMQPError?) -> Void

/// What the owner of a `ChannelMachine` has to do after an input.
enum ChannelAction {
    /// Resumes the caller that waits for the answer to a request.
    case answer(ReplySlot<Reply>, Result<Reply, any Error>)
    /// Tell a publisher.
    case settled(PublishCompletion, [ConfirmOutcome])
    /// Tell a consumer that nothing more comes.
    case endConsumer(ConsumerSink, AMQPError?)
    /// Tell who watches the channel that it is over.
    case ended(ChannelObserver, UInt64, AMQPError?)
    /// Send `channel.close-ok`.
    case sendCloseOK
    /// The channel is over; its number may be used again.
    case released
    /// A returned message that belongs to no publish that is open.
    case unmatchedReturn(routingKey: String)
    /// The broker broke the protocol: give the connection up.
    case failConnection(AMQPError)
}
