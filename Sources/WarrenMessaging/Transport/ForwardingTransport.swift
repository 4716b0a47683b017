package import AMQPMessages

/// A transport that does what another one does, except for the methods that it has itself.
///
/// `publishAlone` goes by the wrapper's own `publish`, and messages count as kept when the process ends, as with a broker.
package protocol ForwardingTransport: MessageTransport {
    /// The transport that is forwarded to.
    var target: any MessageTransport { get }
}

extension ForwardingTransport {
    package var blockedReason: String? { target.blockedReason }

    package func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        target.publish(messages, completion: completion)
    }
    package func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        try await target.consume(queue, prefetch: prefetch)
    }
    package func consume(
        _ queue: String, prefetch: Int, on terms: ConsumeTerms
    ) async throws -> any MessageSubscription {
        try await target.consume(queue, prefetch: prefetch, on: terms)
    }
    package func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        try await target.consumeReplies(queue)
    }
    package func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        try await target.watch(exchange, routingKey: routingKey, queue: queue, prefetch: prefetch)
    }
    package func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        try await target.tail(stream, from: start)
    }
    package func deleteQueue(_ queue: String) async throws { try await target.deleteQueue(queue) }
    package func deleteExchange(_ exchange: String) async throws { try await target.deleteExchange(exchange) }
    package func broker() async throws -> BrokerFacts? { try await target.broker() }
    @discardableResult
    package func provision(_ topology: Topology) async throws -> [String] { try await target.provision(topology) }
    @discardableResult
    package func verify(_ topology: Topology) async throws -> [String] { try await target.verify(topology) }
    package func depth(of queue: String) async throws -> Int { try await target.depth(of: queue) }
    package func load(of queue: String) async throws -> QueueLoad { try await target.load(of: queue) }
    package func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {
        target.observeBlocking(observer)
    }
    package func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) { target.observeLoss(observer) }
    package func shutdown() async { await target.shutdown() }
}
