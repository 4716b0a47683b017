package import AMQP

/// A message to publish.
package struct OutboundMessage: Sendable, Hashable {
    /// The exchange; empty for the default exchange.
    package var exchange: String
    package var routingKey: String
    /// Whether a message that no queue takes is returned instead of dropped.
    package var isMandatory: Bool
    package var properties: MessageProperties
    package var body: [UInt8]

    package init(
        exchange: String, routingKey: String, isMandatory: Bool = true, properties: MessageProperties = .init(),
        body: [UInt8] = []
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isMandatory = isMandatory
        self.properties = properties
        self.body = body
    }
}
