/// A message as it was delivered.
public struct InboundMessage: Sendable, Hashable {
    /// The exchange to which it was published; empty for the default exchange.
    public var exchange: String
    /// The routing key with which it was published.
    public var routingKey: String
    /// Whether it may have been delivered before.
    public var isRedelivered: Bool
    /// The tag by which it is acknowledged.
    public var tag: DeliveryTag
    /// The properties with which it was published.
    public var properties: MessageProperties
    /// The body, as it was published.
    public var body: [UInt8]
    /// The place of a record in its stream, counted from 0 when the stream was made; `nil` for a message from a queue.
    public var streamOffset: Int64?

    /// A delivery from a queue. A transport sets ``streamOffset`` afterwards if it comes from a stream.
    public init(
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

extension InboundMessage {
    /// A message as its receiver sees it, without the broker's part: delivered once, without a tag.
    package init(_ message: OutboundMessage) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
    }
}
