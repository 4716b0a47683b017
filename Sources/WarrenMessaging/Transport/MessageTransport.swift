package import AMQP

/// Carries messages between roles. Two implementations: over RabbitMQ, and inside one process.
///
/// What both promise: a publish is `confirmed` only when the message is safe (broker: confirmed by every queue it was
/// routed to; in-process: acknowledged by its consumer). Messages of one `publish` caller into one queue keep their
/// order. A delivery that is not acknowledged when its channel, connection or process ends is delivered again,
/// marked as redelivered.
package protocol MessageTransport: AnyObject, Sendable {
    /// Whether messages outlive this process once they are confirmed.
    var outlivesProcess: Bool { get }

    /// Hands over messages at once, in order, without waiting; they are pipelined.
    ///
    /// - Parameter completion: called once, on a thread of the transport, with one outcome per message in their
    ///   order, when all of them are known. It must return quickly.
    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void)

    /// Publishes one message in such a way that what the broker has against it harms no other: over a channel of its own.
    /// For messages that were refused before, or may be why a channel ended.
    ///
    /// - Parameter completion: called once, on a thread of the transport.
    func publishAlone(_ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void)

    /// Starts consuming a queue. The subscription outlives lost connections: it consumes again after a reconnect.
    ///
    /// - Parameter prefetch: how many deliveries may be unacknowledged at once.
    func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription

    /// The same, on terms: the lock is taken, the consumer is admitted, and only then anything is delivered. All of that
    /// happens again, in this order, before the queue is consumed on another connection.
    ///
    /// - Throws: `MessagingError.Code.inUse` when somebody else holds the lock; what ``ConsumeTerms/admit`` throws.
    func consume(_ queue: String, prefetch: Int, on terms: ConsumeTerms) async throws -> any MessageSubscription

    /// Declares an exclusive, server-side short-lived queue for replies and consumes it. What the reader takes counts as
    /// acknowledged; a broker sends no more than a prefetch ahead of it.
    /// It is declared again after a reconnect; what was sent to it in between is gone. The stream then has an empty
    /// batch, so that its reader can ask again for what it still waits for.
    func consumeReplies(_ queue: String) async throws -> any MessageSubscription

    /// Declares a short-lived queue of its own that gets a copy of what passes an exchange, and consumes it: nothing is
    /// taken from those who read the exchange's other queues. It is declared again after a reconnect; what passed in
    /// between is gone, as is the oldest when its reader is ``TaskHubTopology/watchBound`` messages behind.
    ///
    /// - Parameters:
    ///   - queue: the queue's name; nobody else may have one of that name.
    ///   - prefetch: how many deliveries may be unacknowledged at once.
    func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription

    /// Declares everything in the topology. Declaring what exists with equal arguments changes nothing.
    ///
    /// - Returns: the exchanges that exist as an earlier version declared them, and stay so.
    @discardableResult
    func provision(_ topology: Topology) async throws -> [String]

    /// Checks that everything in the topology exists with equal arguments, and names the first thing that does not.
    ///
    /// - Returns: the exchanges that exist as an earlier version declared them.
    @discardableResult
    func verify(_ topology: Topology) async throws -> [String]

    /// How many messages wait in a queue, not counting unacknowledged ones.
    func depth(of queue: String) async throws -> Int

    /// How many messages wait in a queue, and how many consumers it has.
    func load(of queue: String) async throws -> QueueLoad

    /// Why publishes are not taken at present: the broker is in an alarm. `nil` while they are. A broker tells it to a
    /// connection that publishes, not before.
    var blockedReason: String? { get }

    /// Tells when that changes, on any thread, in order, until the transport ends: at once if publishes are not taken.
    /// The observer must return quickly.
    func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void)

    /// Tells when the way to the broker is lost, and when it is there again, like ``observeBlocking(_:)``; the same may be
    /// told more than once.
    func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void)

    /// Ends all subscriptions and connections. Publishes that are not settled end as `unknown`.
    func shutdown() async
}

/// A transport that is never blocked nor lost, counts no consumers, keeps messages when this process ends, and cannot be watched.
extension MessageTransport {
    package var outlivesProcess: Bool { true }

    package func publishAlone(
        _ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void
    ) {
        publish([message]) { completion($0.first ?? .unknown(reason: "the transport named no outcome")) }
    }

    package func load(of queue: String) async throws -> QueueLoad {
        QueueLoad(queue: queue, messages: try await depth(of: queue), consumers: nil)
    }

    package var blockedReason: String? { nil }

    package func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        throw MessagingError(.unsupported, "This transport cannot watch the exchange '\(exchange)'.")
    }

    package func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {}

    package func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) {}
}

/// The number of messages and of consumers of a queue.
package struct QueueLoad: Sendable, Hashable {
    /// The queue's name.
    package var queue: String
    /// Messages that wait, not counting those that a consumer has fetched and not acknowledged.
    package var messages: Int
    /// The number of consumers; `nil` if the transport does not know it.
    package var consumers: Int?

    package init(queue: String, messages: Int, consumers: Int?) {
        self.queue = queue
        self.messages = messages
        self.consumers = consumers
    }
}

/// A consumer of one queue.
package protocol MessageSubscription: AnyObject, Sendable {
    /// What arrives, in batches as they came off the wire. Ends when the subscription is closed; throws when it cannot
    /// go on (access refused, queue deleted for good).
    var batches: AsyncThrowingStream<[InboundMessage], any Error> { get }

    /// Acknowledges deliveries, at once and in any order. Tags of an earlier channel are ignored.
    func acknowledge(_ tags: [DeliveryTag])

    /// Sets how many deliveries may be unacknowledged at once; 0: none come until it is more. Returns when the broker
    /// heeds it. What is on its way then still arrives, and may come on top of what the new number allows.
    func setPrefetch(_ prefetch: Int) async

    /// Closes the channel: nothing more is delivered, and what is unacknowledged goes back to the queue, in order.
    /// Acknowledge what is finished before.
    func close() async
}

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

/// What became of a published message.
package enum PublishOutcome: Sendable, Hashable {
    /// Safe with every queue it was routed to.
    case confirmed
    /// Nothing holds it: mandatory, and no queue took it (312, 404), or it cannot be sent at all; the code tells, see
    /// ``verdict``.
    case returned(code: Int, text: String)
    /// The broker refused it (`basic.nack`): a queue is full or broken. Nothing holds it for sure.
    case refused
    /// The connection or channel ended first: it may have arrived or not.
    case unknown(reason: String)
}

/// A message as it was delivered.
package struct InboundMessage: Sendable, Hashable {
    package var exchange: String
    package var routingKey: String
    package var isRedelivered: Bool
    package var tag: DeliveryTag
    package var properties: MessageProperties
    package var body: [UInt8]

    package init(
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

/// Names a delivery on one channel's lifetime.
package struct DeliveryTag: Sendable, Hashable {
    /// Which channel lifetime of the subscription.
    package var channel: UInt64
    package var number: UInt64

    package init(channel: UInt64 = 0, number: UInt64 = 0) {
        self.channel = channel
        self.number = number
    }
}
