/// A message to publish.
public struct OutboundMessage: Sendable, Hashable {
    /// The exchange. Empty: the default exchange, where the routing key is the name of a queue.
    public var exchange: String
    /// At most 255 bytes.
    public var routingKey: String
    /// Whether a message that no queue takes is returned. Otherwise the broker confirms and drops it.
    public var isMandatory: Bool
    /// The properties that travel with it.
    public var properties: MessageProperties
    /// The body: opaque to a transport.
    public var body: [UInt8]

    /// A message to an exchange, by default to the queue that the routing key names.
    public init(
        exchange: String = "", routingKey: String, isMandatory: Bool = true, properties: MessageProperties = .init(),
        body: [UInt8] = []
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isMandatory = isMandatory
        self.properties = properties
        self.body = body
    }
}

extension OutboundMessage {
    /// A message that was received, to be published where it came from; a mandatory one.
    package init(_ message: InboundMessage) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
    }
}
