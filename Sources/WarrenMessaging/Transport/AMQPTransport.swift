package import AMQP
package import AMQPMessages
package import CoreMetrics
package import Logging
import Synchronization

/// Carries messages over RabbitMQ.
///
/// It has two connections: one publishes, the other consumes, acknowledges and declares. A broker in an alarm stops
/// reading from a connection that publishes, and acknowledgements must not be stuck behind that. Both are restored
/// after a loss: the first attempt to connect reports its error at once, later attempts are repeated without end.
package final class AMQPTransport: MessageTransport {
    let consuming: AMQPSession
    private let publishing: AMQPSession
    private let publisher: AMQPPublisher
    /// The reason for which the broker takes no publishes.
    private let blocking = ChangeWatch<String?>(nil)
    private let lost = ChangeWatch(Lost())

    /// The parts that are lost at present: the publishing connection, and subscriptions of the consuming connection. A
    /// restarted broker needs time to find its queues.
    private struct Lost: Equatable {
        var publishing = false
        var subscriptions = 0
    }

    /// The number of replies that the broker sends ahead of their reader.
    private static let replyPrefetch = 1000

    /// Connects to a broker.
    ///
    /// - Parameters:
    ///   - owner: the part of the program that uses the transport, for metrics: `host` or `client`.
    ///   - metrics: makes the metrics of the connections.
    /// - Throws: ``AMQPError`` when the first attempt fails.
    package static func connect(
        _ broker: AMQPConfiguration, owner: String = "other",
        metrics: any MetricsFactory = NOOPMetricsHandler.instance, logger: Logger
    ) async throws -> AMQPTransport {
        func connect(_ purpose: String) async throws -> AMQPSession {
            try await AMQPSession.connect(
                named(broker, purpose), metrics: ConnectionMetrics(metrics, owner: owner, connection: purpose),
                logger: logger)
        }
        let publishing = try await connect("publish")
        do {
            let consuming = try await connect("consume")
            return AMQPTransport(publishing: publishing, consuming: consuming)
        } catch {
            await publishing.close()
            throw error
        }
    }

    private init(publishing: AMQPSession, consuming: AMQPSession) {
        self.publishing = publishing
        self.consuming = consuming
        publisher = publishing.makePublisher()
        // Ends with the session, because its events end then.
        Task { [blocking, lost, events = publishing.events] in
            for await event in events {
                lost.change { $0.publishing = event.isLoss ?? $0.publishing }
                switch event {
                case .blocked(let reason): blocking.change { $0 = reason }
                // A new connection is not blocked until the broker says so.
                case .unblocked, .connected, .disconnected: blocking.change { $0 = nil }
                }
            }
        }
    }

    /// The options for queues from which no delivery may be missed: an interruption counts as a loss.
    func options(prefetch: Int) -> SubscriptionOptions {
        var options = SubscriptionOptions(prefetch: prefetch)
        options.interruption = { [lost] isInterrupted in lost.change { $0.subscriptions += isInterrupted ? 1 : -1 } }
        return options
    }

    package var blockedReason: String? { blocking.value }

    package func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {
        blocking.observe(observer)
    }

    package func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) {
        lost.observe { observer($0 != Lost()) }
    }

    /// Publishes messages. Without a connection they are kept up to `AMQPConfiguration.pendingBytesLimit` and sent in
    /// order as soon as there is one; beyond that they end as `unknown`, on the caller's thread.
    package func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        publisher.publish(messages, completion: completion)
    }

    package func publishAlone(
        _ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void
    ) {
        publisher.publishAlone(message, completion: completion)
    }

    package func collectMetrics() {
        publishing.metrics.collect()
        consuming.metrics.collect()
    }

    package func suspectLoss() { publisher.replaceChannel() }

    package func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        do {
            return AMQPTransportSubscription(
                try await consuming.subscribe(queue, options: options(prefetch: prefetch)))
        } catch let error as AMQPError {
            throw MessagingError.explaining(error, about: "queue '\(queue)'")
        }
    }

    package func consume(
        _ queue: String, prefetch: Int, on terms: ConsumeTerms
    ) async throws -> any MessageSubscription {
        let wasAdmitted = Atomic(false)
        do {
            let subscription = try await consuming.subscribe(queue, options: options(prefetch: prefetch)) { channel in
                if let lock = terms.lock {
                    // An exclusive queue excludes other connections, and an exclusive consumer excludes other channels
                    // of this one. Auto-delete ends the queue with this channel.
                    try await channel.declareQueue(
                        lock, isDurable: false, isExclusive: true, autoDelete: true,
                        arguments: ["x-queue-type": "classic"])
                    _ = try await channel.consume(lock, noAck: true, isExclusive: true)
                }
                try await terms.admit(wasAdmitted.load(ordering: .relaxed))
                wasAdmitted.store(true, ordering: .relaxed)
            }
            return AMQPTransportSubscription(subscription)
        } catch let error as AMQPError {
            throw MessagingError.explaining(error, about: "queue '\(terms.lock ?? queue)'")
        }
    }

    package func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        do {
            // Consumes with acknowledgements, because only they let a prefetch bound what is sent ahead of the reader.
            var options = SubscriptionOptions(prefetch: Self.replyPrefetch, isExclusive: true)
            options.tellsRenewal = true
            // An exclusive queue ends with the connection; with auto-delete it ends with the subscription.
            let subscription = try await consuming.subscribe(queue, options: options) { channel in
                try await channel.declareQueue(
                    queue, isDurable: false, isExclusive: true, autoDelete: true,
                    arguments: ["x-queue-type": "classic"])
            }
            return AMQPTransportSubscription(subscription, acknowledgesReading: true)
        } catch let error as AMQPError {
            throw MessagingError.explaining(error, about: "queue '\(queue)'")
        }
    }

    package func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        do {
            var options = SubscriptionOptions(prefetch: prefetch, isExclusive: true)
            options.tellsRenewal = true
            let subscription = try await consuming.subscribe(queue, options: options) { channel in
                try await channel.declareQueue(
                    queue, isDurable: false, isExclusive: true, autoDelete: true, arguments: TaskHubTopology.watching)
                try await channel.bindQueue(queue, exchange: exchange, routingKey: routingKey)
            }
            return AMQPTransportSubscription(subscription)
        } catch let error as AMQPError {
            throw MessagingError.explaining(error, about: "exchange '\(exchange)' to be watched by queue '\(queue)'")
        }
    }

    package func depth(of queue: String) async throws -> Int { try await load(of: queue).messages }

    package func load(of queue: String) async throws -> QueueLoad {
        do {
            let status = try await consuming.withChannel { try await $0.status(ofQueue: queue) }
            return QueueLoad(queue: queue, messages: status.messageCount, consumers: status.consumerCount)
        } catch let error as AMQPError {
            throw MessagingError.explaining(error, about: "queue '\(queue)'")
        }
    }

    package func shutdown() async {
        // Closes both at once: a broker that does not answer delays each of them for some seconds.
        async let closed: Void = consuming.close()
        await publishing.close()
        await closed
    }

    /// The configuration with a connection name from which the management pages show the purpose of the connection.
    private static func named(_ broker: AMQPConfiguration, _ purpose: String) -> AMQPConfiguration {
        var broker = broker
        broker.connectionName = broker.connectionName.map { "\($0) \(purpose)" } ?? "warren \(purpose)"
        return broker
    }
}
