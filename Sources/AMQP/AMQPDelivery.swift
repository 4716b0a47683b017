/// A message as the broker delivered it.
package struct AMQPDelivery: Sendable, Hashable {
    package var exchange: String
    package var routingKey: String
    /// Whether it may have been delivered before.
    package var isRedelivered: Bool
    /// The number by which it is acknowledged, on its channel and on no other.
    package var tag: UInt64
    /// The number of the channel, counted over the life of the process: a tag is only valid on its channel.
    package var channel: UInt64
    package var properties: MessageProperties
    package var body: [UInt8]

    package init(
        exchange: String, routingKey: String, isRedelivered: Bool, tag: UInt64, channel: UInt64,
        properties: MessageProperties, body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isRedelivered = isRedelivered
        self.tag = tag
        self.channel = channel
        self.properties = properties
        self.body = body
    }
}
