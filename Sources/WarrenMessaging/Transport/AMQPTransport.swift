package import AMQP
package import Logging

/// Carries messages over RabbitMQ.
///
/// Two connections: one publishes, the other consumes and acknowledges, because a broker alarm stops the broker from
/// reading a connection that publishes, acknowledgements included. Both come back after a loss.
package final class AMQPTransport: MessageTransport {
    private let publishing: AMQPSession
    private let consuming: AMQPSession
    private let publisher: AMQPPublisher

    /// Connects to the first of the brokers that lets us in; afterwards lost connections are opened again without end.
    ///
    /// - Throws: the first broker's error, at once, when none of them does.
    package static func connect(_ brokers: AMQPConfiguration..., logger: Logger) async throws -> AMQPTransport {
        let publishing = try await AMQPSession.connect(brokers, logger: logger)
        do {
            return AMQPTransport(publishing, try await AMQPSession.connect(brokers, logger: logger))
        } catch {
            await publishing.close()
            throw error
        }
    }

    private init(_ publishing: AMQPSession, _ consuming: AMQPSession) {
        self.publishing = publishing
        self.consuming = consuming
        publisher = publishing.makePublisher()
    }

    package func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        publisher.publish(messages.map(AMQPMessage.init)) { completion($0.map(PublishOutcome.init)) }
    }

    package func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        AMQPTransportSubscription(
            try await consuming.subscribe(queue, options: SubscriptionOptions(prefetch: prefetch)))
    }

    package func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        let options = SubscriptionOptions(noAck: true)
        return AMQPTransportSubscription(
            try await consuming.subscribe(queue, options: options) { channel in
                _ = try await channel.declareQueue(queue, isDurable: false, isExclusive: true, autoDelete: true)
            })
    }

    package func provision(_ topology: Topology) async throws {
        try await consuming.withChannel { channel in
            for exchange in topology.exchanges {
                try await channel.declareExchange(
                    exchange.name, kind: exchange.kind.rawValue, arguments: exchange.arguments)
            }
            for queue in topology.queues {
                _ = try await channel.declareQueue(queue.name, arguments: queue.arguments)
            }
            for binding in topology.bindings {
                try await channel.bindQueue(binding.queue, exchange: binding.exchange, routingKey: binding.routingKey)
            }
        }
    }

    package func verify(_ topology: Topology) async throws {
        for exchange in topology.exchanges {
            try await consuming.withChannel { channel in
                try await channel.declareExchange(exchange.name, kind: exchange.kind.rawValue, isPassive: true)
                try await channel.declareExchange(
                    exchange.name, kind: exchange.kind.rawValue, arguments: exchange.arguments)
            }
        }
        for queue in topology.queues {
            try await consuming.withChannel { channel in
                _ = try await channel.declareQueue(queue.name, isPassive: true)
                _ = try await channel.declareQueue(queue.name, arguments: queue.arguments)
            }
        }
        try await consuming.withChannel { channel in
            for binding in topology.bindings {
                try await channel.bindQueue(binding.queue, exchange: binding.exchange, routingKey: binding.routingKey)
            }
        }
    }

    package func depth(of queue: String) async throws -> Int {
        try await consuming.withChannel { try await $0.status(ofQueue: queue).messageCount }
    }

    package func shutdown() async {
        await consuming.close()
        await publishing.close()
    }
}

extension AMQPMessage {
    fileprivate init(_ message: OutboundMessage) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, isMandatory: message.isMandatory,
            properties: message.properties, body: message.body)
    }
}

extension PublishOutcome {
    fileprivate init(_ outcome: ConfirmOutcome) {
        self =
            switch outcome {
            case .confirmed: .confirmed
            case .returned(let code, let text): .returned(code: code, text: text)
            case .refused: .refused
            case .invalid(let reason): .returned(code: 0, text: reason)
            case .unknown(let reason): .unknown(reason: reason)
            }
    }
}
