/// A message of an outbox as queries show it.
package struct OutboxFacts: Sendable, Hashable {
    package var exchange: String
    package var routingKey: String
    package var messageID: String?
    package var correlationID: String?
    package var type: String?
    package var contentType: String?
    /// The headers as one JSON object.
    package var headers: String
    package var body: [UInt8]

    package init(
        exchange: String, routingKey: String, messageID: String?, correlationID: String?, type: String?,
        contentType: String?, headers: String, body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.messageID = messageID
        self.correlationID = correlationID
        self.type = type
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }
}

/// Reads the messages of an outbox row; their encoding is the messaging layer's.
package typealias OutboxReader = @Sendable ([UInt8]) throws -> [OutboxFacts]
