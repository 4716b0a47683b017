package import AMQPMessages
package import Testing
package import WarrenMessaging

extension MessageTransport {
    /// Publishes and waits until it is known what became of each message.
    package func outcomes(
        of messages: [OutboundMessage], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [PublishOutcome] {
        try await untilKnown("what becomes of \(messages.count) messages", sourceLocation: sourceLocation) { tell in
            publish(messages, completion: tell)
        }
    }

    /// Publishes a message and waits until it is known what became of it.
    package func outcome(
        of message: OutboundMessage, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PublishOutcome {
        let outcomes = try await outcomes(of: [message], sourceLocation: sourceLocation)
        return try #require(outcomes.first, sourceLocation: sourceLocation)
    }
}
