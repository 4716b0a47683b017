import AMQPMessages
import Synchronization
import WarrenMessaging
import WarrenSupport

/// A partition's queue in a hub with journals, from the moment at which this host gets in line for it.
///
/// The queue has a single active consumer: of all hosts in line, the broker delivers to the first. So any delivery means
/// that it is this host's turn. The queue always holds a message for that, the *token*, which the active host keeps
/// unacknowledged: when its channel ends, the broker delivers it to the next one. Every host puts one in when it gets in
/// line, and the active one removes those that it does not need. It is renewed, because a broker closes the channel of a
/// consumer that keeps a message for too long.
///
/// Its readers get everything but tokens.
final class TurnQueue: MessageSubscription {
    private struct State {
        /// What was delivered before the readers began.
        var first: [InboundMessage] = []
        var token: DeliveryTag?
    }

    /// The interval at which the token is renewed. Brokers close channels after half an hour.
    private static let renewal = Duration.seconds(60)

    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let queue: String
    private let subscription: any MessageSubscription
    private let transport: any MessageTransport
    private let state: Shared
    private let alarm = Mutex<(any HostAlarm)?>(nil)

    /// Shared with the stream, which must not hold the queue.
    private final class Shared: Sendable {
        let state = Mutex(State())
        let subscription: any MessageSubscription

        init(_ subscription: any MessageSubscription) { self.subscription = subscription }

        /// - Returns: `nil` when the subscription is closed.
        func next() async throws -> [InboundMessage]? {
            var batches = subscription.batches.makeAsyncIterator()
            return try await batches.next(isolation: #isolation)
        }

        /// Keeps the newest token and removes the others.
        func sift(_ batch: [InboundMessage]) -> [InboundMessage] {
            guard batch.contains(where: { $0.properties.type == WireType.token }) else { return batch }
            var rest: [InboundMessage] = []
            var needless: [DeliveryTag] = []
            state.withLock { state in
                for message in batch {
                    guard message.properties.type == WireType.token else {
                        rest.append(message)
                        continue
                    }
                    if let token = state.token { needless.append(token) }
                    state.token = message.tag
                }
            }
            subscription.acknowledge(needless)
            return rest
        }
    }

    /// Gets in line.
    init(_ queue: String, prefetch: Int, on transport: any MessageTransport, clock: any HostClock) async throws {
        // One place is for the token, and one for a new one.
        let subscription = try await transport.consume(queue, prefetch: prefetch + 2)
        let shared = Shared(subscription)
        self.queue = queue
        self.subscription = subscription
        self.transport = transport
        state = shared
        batches = AsyncThrowingStream {
            let first = shared.state.withLock { state in
                defer { state.first = [] }
                return state.first
            }
            if !first.isEmpty { return first }
            while let batch = try await shared.next() {
                let rest = shared.sift(batch)
                if !rest.isEmpty { return rest }
            }
            return nil
        }
        let alarm = clock.makeAlarm { [weak self] in self?.renew() }
        self.alarm.withLock { $0 = alarm }
        renew()
    }

    /// Waits until it is this host's turn.
    ///
    /// - Returns: `false` if the queue was closed before.
    func turn() async throws -> Bool {
        guard let batch = try await state.next() else { return false }
        let rest = state.sift(batch)
        state.state.withLock { $0.first = rest }
        return true
    }

    private func renew() {
        let token = OutboundMessage(
            routingKey: queue, properties: MessageProperties(isPersistent: true, type: WireType.token))
        // One that does not arrive is renewed later.
        transport.publish([token]) { _ in }
        alarm.withLock { $0 }?.set(after: Self.renewal)
    }

    func acknowledge(_ tags: [DeliveryTag]) { subscription.acknowledge(tags) }

    func setPrefetch(_ prefetch: Int) async { await subscription.setPrefetch(prefetch) }

    /// Gets out of line: the token, and everything that is not acknowledged, goes to the next host.
    func close() async {
        let alarm = alarm.withLock { $0.take() }
        alarm?.set(to: nil)
        await subscription.close()
    }
}
