package import AMQPMessages
import WarrenSupport

/// Called once with one outcome per message of a batch, in their order, on the connection's thread.
package typealias PublishCompletion = @Sendable ([PublishOutcome]) -> Void

/// A completion as a value that generic types can carry: they would wrap a bare closure anew each time they take it.
struct PublishToken {
    let completion: PublishCompletion
}

/// Called once, on the connection's thread, when a channel has ended: with its number in the life of the process, and
/// the error, `nil` when this side closed it. It is called before the publishes that end with the channel, so that a
/// caller that publishes again at once does not use the channel.
package typealias ChannelObserver = @Sendable (UInt64, AMQPError?) -> Void

/// An action that the owner of a `ChannelMachine` has to carry out after an input.
enum ChannelAction {
    /// Resumes the caller that waits for the answer to a request.
    case answer(ReplySlot<Reply>, Result<Reply, any Error>)
    /// Calls the completion of a publish.
    case settled(PublishCompletion, [PublishOutcome])
    /// Ends a consumer.
    case endConsumer(ConsumerSink, AMQPError?)
    /// Calls the observer of the channel, which has ended.
    case ended(ChannelObserver, UInt64, AMQPError?)
    /// Sends `channel.close-ok`.
    case sendCloseOK
    /// Releases the channel's number, which may be used again.
    case released
    /// Reports a returned message that belongs to no open publish.
    case unmatchedReturn(routingKey: String)
    /// Closes the connection, because the broker broke the protocol.
    case failConnection(AMQPError)
}
