import Synchronization

/// A condition of the broker, for whoever asks and whoever wants to hear of changes.
final class ChangeWatch<Value: Sendable & Equatable>: Sendable {
    private struct State {
        var value: Value
        var observers: [@Sendable (Value) -> Void] = []
    }

    private let usual: Value
    private let state: Mutex<State>
    /// Held while observers are called, so that nobody hears of changes in the wrong order. They call nothing back here.
    private let notifying = Mutex(())

    /// - Parameter usual: how it begins; observers that come while it is so are told nothing.
    init(_ usual: Value) {
        self.usual = usual
        state = Mutex(State(value: usual))
    }

    var value: Value { state.withLock { $0.value } }

    func observe(_ observer: @escaping @Sendable (Value) -> Void) {
        notifying.withLock { _ in
            let value = state.withLock { state in
                state.observers.append(observer)
                return state.value
            }
            if value != usual { observer(value) }
        }
    }

    /// Notes a change; the same value again is none.
    func change(_ update: @Sendable (inout Value) -> Void) {
        notifying.withLock { _ in
            let (value, observers) = state.withLock { state in
                let before = state.value
                update(&state.value)
                return (state.value, state.value == before ? [] : state.observers)
            }
            for observer in observers { observer(value) }
        }
    }
}
