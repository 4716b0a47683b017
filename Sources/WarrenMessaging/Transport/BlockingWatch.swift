import Synchronization

/// Whether the broker takes publishes, for whoever asks and whoever wants to hear of changes.
final class BlockingWatch: Sendable {
    private struct State {
        var reason: String?
        var observers: [@Sendable (String?) -> Void] = []
    }

    private let state = Mutex(State())
    /// Held while observers are called, so that nobody hears of changes in the wrong order. They call nothing back here.
    private let telling = Mutex(())

    /// Why publishes are not taken; `nil` while they are.
    var reason: String? { state.withLock { $0.reason } }

    func observe(_ observer: @escaping @Sendable (String?) -> Void) {
        telling.withLock { _ in
            let reason = state.withLock { state in
                state.observers.append(observer)
                return state.reason
            }
            if reason != nil { observer(reason) }
        }
    }

    /// Notes a change; the same state again is none.
    func change(to reason: String?) {
        telling.withLock { _ in
            let observers = state.withLock { state -> [@Sendable (String?) -> Void] in
                defer { state.reason = reason }
                return (state.reason == nil) == (reason == nil) ? [] : state.observers
            }
            for observer in observers { observer(reason) }
        }
    }
}
