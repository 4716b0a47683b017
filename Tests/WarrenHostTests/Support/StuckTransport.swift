import AMQPMessages
import Synchronization
import TestSupport
import WarrenMessaging

/// An in-process transport as a broker in trouble looks to a host: what concerns some exchange is taken and not
/// confirmed, until it is let go.
final class StuckTransport: ForwardingTransport {
    private struct State {
        var isStuck = false
        var stuck: [@Sendable () -> Void] = []
        var open = 0
        var mostOpen = 0
        var observers: [@Sendable (String?) -> Void] = []
        var lossObservers: [@Sendable (Bool) -> Void] = []
    }

    let inner: InProcessTransport
    var target: any MessageTransport { inner }
    /// The publishes that got stuck.
    let gotStuck = Happenings<Void>()
    private let exchange: String
    private let state = Mutex(State())

    /// - Parameter exchange: a publish with a message to it gets stuck.
    init(exchange: String, inner: InProcessTransport = InProcessTransport()) {
        self.inner = inner
        self.exchange = exchange
    }

    /// The most messages to the exchange that were taken and not settled at one time.
    var mostOpen: Int { state.withLock { $0.mostOpen } }

    /// How many messages to the exchange are taken and not settled.
    var open: Int { state.withLock { $0.open } }

    func stick() {
        state.withLock { $0.isStuck = true }
    }

    /// Publishes what was stuck, in order.
    func letGo() {
        // Under the lock, so that nothing gets in between; completions come later, on another thread.
        state.withLock { state in
            state.isStuck = false
            for publish in state.stuck { publish() }
            state.stuck = []
        }
    }

    /// As a broker says that it is in an alarm, or that this is over.
    func block(_ reason: String?) {
        for observer in state.withLock({ $0.observers }) { observer(reason) }
    }

    func observeBlocking(_ observer: @escaping @Sendable (String?) -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    /// As a connection that is lost, or there again.
    func lose(_ isLost: Bool) {
        for observer in state.withLock({ $0.lossObservers }) { observer(isLost) }
    }

    func observeLoss(_ observer: @escaping @Sendable (Bool) -> Void) {
        state.withLock { $0.lossObservers.append(observer) }
    }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        let count = messages.count { $0.exchange == exchange }
        let publish = { @Sendable [inner] in
            inner.publish(messages) { outcomes in
                self.state.withLock { $0.open -= count }
                completion(outcomes)
            }
        }
        let isStuck = state.withLock { state in
            state.open += count
            state.mostOpen = max(state.mostOpen, state.open)
            guard state.isStuck, count > 0 else { return false }
            state.stuck.append(publish)
            return true
        }
        if isStuck { gotStuck.add(()) } else { publish() }
    }
}
