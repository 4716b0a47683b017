/// A message as it was delivered.
package struct InboundMessage: Sendable, Hashable {
    package var exchange: String
    package var routingKey: String
    /// Whether it may have been delivered before.
    package var isRedelivered: Bool
    /// The tag by which it is acknowledged.
    package var tag: DeliveryTag
    package var properties: MessageProperties
    package var body: [UInt8]
    /// The place of a record in its stream, counted from 0 when the stream was made; `nil` for a message from a queue.
    package var streamOffset: Int64?

    package init(
        exchange: String, routingKey: String, isRedelivered: Bool = false, tag: DeliveryTag = .init(),
        properties: MessageProperties = .init(), body: [UInt8] = []
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isRedelivered = isRedelivered
        self.tag = tag
        self.properties = properties
        self.body = body
    }
}
