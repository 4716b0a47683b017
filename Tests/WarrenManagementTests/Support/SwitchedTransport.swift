import AMQPMessages
import Synchronization
import TestSupport
import WarrenMessaging

/// A transport with a broker's alarms and losses, which the test switches on and off.
final class SwitchedTransport: ForwardingTransport {
    private struct State {
        var reason: String?
        var blocking: [@Sendable (String?) -> Void] = []
        var loss: [@Sendable (Bool) -> Void] = []
    }

    let target: any MessageTransport = InProcessTransport()
    private let state = Mutex(State())

    var blockedReason: String? { state.withLock { $0.reason } }

    func block(_ reason: String?) {
        let observers = state.withLock { state in
            state.reason = reason
            return state.blocking
        }
        for observer in observers { observer(reason) }
    }

    func lose(_ isLost: Bool) {
        for observer in state.withLock({ $0.loss }) { observer(isLost) }
    }

    func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {
        state.withLock { $0.blocking.append(observer) }
    }

    func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) {
        state.withLock { $0.loss.append(observer) }
    }
}
