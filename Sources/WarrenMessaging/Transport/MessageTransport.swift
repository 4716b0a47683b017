public import AMQPMessages

/// Carries messages between roles. There are two implementations: over RabbitMQ, and inside one process.
///
/// Both promise the following. A publish is `confirmed` only when the message is safe (broker: confirmed by every queue
/// it was routed to; in-process: acknowledged by its consumer). Messages of one `publish` caller into one queue keep
/// their order. A delivery that is not acknowledged when its channel, connection or process ends is delivered again,
/// marked as redelivered.
///
/// The protocol is public for transports of your own, but no part of the stable interface: a minor version may add
/// requirements. The page Testing of Warren's documentation says how a transport is checked and given to a host.
public protocol MessageTransport: AnyObject, Sendable {
    /// Whether messages outlive this process once they are confirmed.
    var outlivesProcess: Bool { get }

    /// Publishes messages in order, without waiting; they are pipelined.
    ///
    /// - Parameter completion: called once, on a thread of the transport, with one outcome per message in their order,
    ///   when all of them are known. It must return quickly.
    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void)

    /// Publishes one message over a channel of its own, so that a refusal by the broker affects no other message. For
    /// messages that were refused before, or that may be the reason why a channel ended.
    ///
    /// - Parameter completion: called once, on a thread of the transport.
    func publishAlone(_ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void)

    /// Publishes by another way from now on: what was published lately does not arrive, although no error is reported.
    /// What is still on its way by the present one may come after it.
    func suspectLoss()

    /// Starts consuming a queue. The subscription outlives lost connections: it consumes again after a reconnect.
    ///
    /// - Parameter prefetch: how many deliveries may be unacknowledged at once.
    func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription

    /// Starts consuming a queue on terms: the lock is taken, the consumer is admitted, and only then anything is
    /// delivered. All of that happens again, in this order, before the queue is consumed on another connection.
    ///
    /// - Throws: `MessagingError.Code.inUse` when another consumer holds the lock; the error of ``ConsumeTerms/admit``.
    func consume(_ queue: String, prefetch: Int, on terms: ConsumeTerms) async throws -> any MessageSubscription

    /// Declares an exclusive, server-side short-lived queue for replies and consumes it. Messages that the reader has
    /// read count as acknowledged; a broker sends no more than a prefetch ahead of it. The queue is declared again
    /// after a reconnect; messages that were sent to it in between are lost. The stream then has an empty batch, so
    /// that its reader can ask again for what it still waits for.
    func consumeReplies(_ queue: String) async throws -> any MessageSubscription

    /// Declares a short-lived queue of its own that gets a copy of every message of an exchange, and consumes it:
    /// readers of the exchange's other queues are not affected. It is declared again after a reconnect; messages in
    /// between are lost, which an empty batch reports, as are the oldest ones when the reader is
    /// 10,000 messages behind.
    ///
    /// - Parameters:
    ///   - queue: the queue's name; no other queue may have it.
    ///   - prefetch: how many deliveries may be unacknowledged at once.
    func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription

    /// Reads a stream from a place on, in the order of offsets, without taking anything from it. Any number of readers
    /// have places of their own. What is read counts as acknowledged; no more than some hundred records are sent ahead
    /// of the reader. After a reconnect it continues behind the last record that was delivered: none comes twice, and
    /// none is left out. Only a reader from ``StreamStart/last`` or ``StreamStart/next`` that has had no record yet
    /// begins anew there, so that it misses what was written meanwhile.
    ///
    /// RabbitMQ 3.10 reads exactly from a number on, refuses to read a queue as a stream (406), and after a kill and a
    /// start has a stream's records again within seconds (0.3 to 7 measured), during which a reader waits. A stream that
    /// was declared less than about a second before may be forgotten by a kill, or answer 404 until it is deleted and
    /// declared again; of six that were killed as soon as their records were confirmed, all were kept. Declare streams in
    /// good time.
    ///
    /// - Throws: `MessagingError.Code.missing` if there is no such stream, `interrupted` if this node of the broker has
    ///   no replica of it for a minute. The batches throw the same when the stream is deleted later, and `unsupported`
    ///   when a message has no offset because it comes from a queue.
    func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription

    /// Deletes a queue or a stream with everything in it; deleting a missing one changes nothing.
    func deleteQueue(_ queue: String) async throws

    /// Deletes an exchange with its bindings; deleting a missing one changes nothing.
    func deleteExchange(_ exchange: String) async throws

    /// What the broker says of itself; `nil` without a broker.
    func broker() async throws -> BrokerFacts?

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

    /// The number of messages that wait in a queue, not counting unacknowledged ones; of a stream, the number of records
    /// that it keeps, which RabbitMQ 3.10 counts anew only every five seconds.
    func depth(of queue: String) async throws -> Int

    /// The number of messages that wait in a queue, and of its consumers.
    func load(of queue: String) async throws -> QueueLoad

    /// The reason for which publishes are not taken at present: the broker is in an alarm. `nil` while they are taken.
    /// A broker reports it to a connection only once that publishes.
    var blockedReason: String? { get }

    /// Calls an observer when `blockedReason` changes, on any thread, in order, until the transport ends: at once if
    /// publishes are not taken. The observer must return quickly.
    func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void)

    /// Calls an observer when the connection to the broker is lost, and when it is restored, like
    /// ``observeBlocking(_:)``; the same state may be reported more than once.
    func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void)

    /// Brings metrics up to date that only change when something happens: somebody is about to look at them.
    func collectMetrics()

    /// Ends all subscriptions and connections. Publishes that are not settled end as `unknown`.
    func shutdown() async
}

/// Defaults for a transport that is never blocked nor lost, counts no consumers, keeps messages when this process ends,
/// can neither be watched nor tailed, has no metrics, and deletes nothing.
extension MessageTransport {
    /// Does nothing: there are no metrics.
    public func collectMetrics() {}

    /// Does nothing: there is no other way.
    public func suspectLoss() {}

    /// Returns `true`.
    public var outlivesProcess: Bool { true }

    /// Publishes like the other messages.
    public func publishAlone(
        _ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void
    ) {
        publish([message]) { completion($0.first ?? .unknown(reason: "the transport named no outcome")) }
    }

    /// Returns the depth, without a number of consumers.
    public func load(of queue: String) async throws -> QueueLoad {
        QueueLoad(queue: queue, messages: try await depth(of: queue), consumers: nil)
    }

    /// Returns `nil`: publishes are always taken.
    public var blockedReason: String? { nil }

    /// Throws ``MessagingError/Code/unsupported``.
    public func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        throw MessagingError(.unsupported, "This transport cannot watch the exchange '\(exchange)'.")
    }

    /// Throws ``MessagingError/Code/unsupported``.
    public func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        throw MessagingError(.unsupported, "This transport has no streams, so '\(stream)' cannot be read.")
    }

    /// Throws ``MessagingError/Code/unsupported``.
    public func deleteQueue(_ queue: String) async throws {
        throw MessagingError(.unsupported, "This transport cannot delete the queue '\(queue)'.")
    }

    /// Throws ``MessagingError/Code/unsupported``.
    public func deleteExchange(_ exchange: String) async throws {
        throw MessagingError(.unsupported, "This transport cannot delete the exchange '\(exchange)'.")
    }

    /// Returns `nil`: there is no broker.
    public func broker() async throws -> BrokerFacts? { nil }

    /// Never calls the observer.
    public func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {}

    /// Never calls the observer.
    public func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) {}
}
