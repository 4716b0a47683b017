public import AMQPMessages

/// A transport that does what another one does, except for the methods that it has itself.
///
/// `publishAlone` goes by the wrapper's own `publish`, and messages count as kept when the process ends, as with a broker.
public protocol ForwardingTransport: MessageTransport {
    /// The transport that is forwarded to.
    var target: any MessageTransport { get }
}

extension ForwardingTransport {
    /// Forwards to ``target``.
    public var blockedReason: String? { target.blockedReason }

    /// Forwards to ``target``.
    public func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        target.publish(messages, completion: completion)
    }
    /// Forwards to ``target``.
    public func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        try await target.consume(queue, prefetch: prefetch)
    }
    /// Forwards to ``target``.
    public func consume(
        _ queue: String, prefetch: Int, on terms: ConsumeTerms
    ) async throws -> any MessageSubscription {
        try await target.consume(queue, prefetch: prefetch, on: terms)
    }
    /// Forwards to ``target``.
    public func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        try await target.consumeReplies(queue)
    }
    /// Forwards to ``target``.
    public func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        try await target.watch(exchange, routingKey: routingKey, queue: queue, prefetch: prefetch)
    }
    /// Forwards to ``target``.
    public func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        try await target.tail(stream, from: start)
    }
    /// Forwards to ``target``.
    public func deleteQueue(_ queue: String) async throws { try await target.deleteQueue(queue) }
    /// Forwards to ``target``.
    public func deleteExchange(_ exchange: String) async throws { try await target.deleteExchange(exchange) }
    /// Forwards to ``target``.
    public func broker() async throws -> BrokerFacts? { try await target.broker() }
    /// Forwards to ``target``.
    @discardableResult
    public func provision(_ topology: Topology) async throws -> [String] { try await target.provision(topology) }
    /// Forwards to ``target``.
    @discardableResult
    public func verify(_ topology: Topology) async throws -> [String] { try await target.verify(topology) }
    /// Forwards to ``target``.
    public func depth(of queue: String) async throws -> Int { try await target.depth(of: queue) }
    /// Forwards to ``target``.
    public func load(of queue: String) async throws -> QueueLoad { try await target.load(of: queue) }
    /// Forwards to ``target``.
    public func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {
        target.observeBlocking(observer)
    }
    /// Forwards to ``target``.
    public func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) { target.observeLoss(observer) }
    /// Forwards to ``target``.
    public func shutdown() async { await target.shutdown() }
}
