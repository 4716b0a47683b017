#if HTTP
import Synchronization
import WarrenMessaging

/// A transport that counts what its user publishes.
final class CountingTransport: MessageTransport {
    private let inner: any MessageTransport
    private let count = Mutex(0)
    /// Why the broker takes nothing, if it does not.
    let blockedReason: String?
    /// Whether what is published is lost.
    private let losesAll: Bool

    init(_ inner: any MessageTransport, blockedReason: String? = nil) {
        self.inner = inner
        self.blockedReason = blockedReason
        losesAll = blockedReason != nil
    }

    /// How many messages were published since this was asked for the last time.
    func take() -> Int {
        count.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        count.withLock { $0 += messages.count }
        // A broker in an alarm reads nothing, and so confirms nothing.
        if !losesAll { inner.publish(messages, completion: completion) }
    }

    func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        try await inner.consume(queue, prefetch: prefetch)
    }

    func consume(_ queue: String, prefetch: Int, on terms: ConsumeTerms) async throws -> any MessageSubscription {
        try await inner.consume(queue, prefetch: prefetch, on: terms)
    }

    func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        try await inner.consumeReplies(queue)
    }

    func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        try await inner.watch(exchange, routingKey: routingKey, queue: queue, prefetch: prefetch)
    }

    @discardableResult
    func provision(_ topology: Topology) async throws -> [String] { try await inner.provision(topology) }
    @discardableResult
    func verify(_ topology: Topology) async throws -> [String] { try await inner.verify(topology) }
    func load(of queue: String) async throws -> QueueLoad { try await inner.load(of: queue) }
    func depth(of queue: String) async throws -> Int { try await inner.depth(of: queue) }
    func shutdown() async { await inner.shutdown() }
}
#endif
