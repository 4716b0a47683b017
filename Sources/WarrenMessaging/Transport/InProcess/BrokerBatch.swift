import AMQPMessages

/// A message on its way to a reader.
struct BrokerDelivery: Sendable {
    let message: BrokerQueue.Message
    let tag: DeliveryTag
    let isRedelivered: Bool

    /// The message as its reader sees it.
    var received: InboundMessage {
        var received = message.content
        received.tag = tag
        received.isRedelivered = isRedelivered
        return received
    }
}

/// The answer to a read. The reader itself builds the messages, because all queues share the broker's lock.
enum BrokerBatch: Sendable {
    case deliveries([BrokerDelivery])
    case records([InboundMessage])

    var messages: [InboundMessage] {
        switch self {
        case .deliveries(let deliveries): deliveries.map(\.received)
        case .records(let records): records
        }
    }
}
