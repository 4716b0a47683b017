/// Called once with one outcome per message of a batch, in their order, on the connection's thread.
package typealias PublishCompletion = @Sendable ([ConfirmOutcome]) -> Void

/// What the owner of a `ChannelMachine` has to do after an input.
enum ChannelAction {
    /// Resume who waits for a request's answer.
    case answer(ReplySlot<Reply>, Result<Reply, any Error>)
    /// Tell a publisher.
    case settled(PublishCompletion, [ConfirmOutcome])
    /// Tell a consumer that nothing more comes.
    case endConsumer(ConsumerSink, AMQPError?)
    /// Send `channel.close-ok`.
    case sendCloseOK
    /// The channel is over; its number may be used again.
    case released
    /// A returned message that belongs to no publish that is open.
    case unmatchedReturn(routingKey: String)
    /// The broker broke the protocol: give the connection up.
    case failConnection(AMQPError)
}
