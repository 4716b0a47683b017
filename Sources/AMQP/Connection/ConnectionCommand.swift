import AMQPMessages
import WarrenSupport

/// A command from other threads to a connection's thread. Channels are identified by their number in the life of the
/// process, so that a command for an ended channel cannot reach its successor.
enum ConnectionCommand {
    case openChannel(UInt64, ReplySlot<Reply>, ChannelObserver)
    case request(channel: UInt64, Request, ReplySlot<Reply>, ConsumerSink?)
    case publish(channel: UInt64, [OutboundMessage], PublishCompletion)
    case acknowledge(channel: UInt64, [DeliveryTag])
    case close(ReplySlot<Reply>?)

    /// Answers a command that arrives after the end.
    func refuse(_ error: AMQPError) {
        switch self {
        case .openChannel(let id, let slot, let observer):
            observer(id, error)
            slot.fulfil(.failure(error))
        case .request(_, _, let slot, let sink):
            slot.fulfil(.failure(error))
            sink?.end(error)
        case .publish(_, let messages, let completion):
            completion(Array(repeating: .unknown(reason: error.message), count: messages.count))
        case .acknowledge:
            // The broker delivers unacknowledged messages again.
            break
        case .close(let slot): slot?.fulfil(.success(.done))
        }
    }

    /// The approximate number of bytes that it contains.
    var size: Int {
        if case .publish(_, let messages, _) = self {
            messages.reduce(0) { $0 + $1.approximateSize }
        } else {
            0
        }
    }
}
