/// A message to publish.
package struct OutboundMessage: Sendable, Hashable {
    /// The exchange. Empty: the default exchange, where the routing key is the name of a queue.
    package var exchange: String
    /// At most 255 bytes.
    package var routingKey: String
    /// Whether a message that no queue takes is returned. Otherwise the broker confirms and drops it.
    package var isMandatory: Bool
    package var properties: MessageProperties
    package var body: [UInt8]

    package init(
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
