import Synchronization

/// A condition of the broker that can be read, and observed for changes.
final class ChangeWatch<Value: Sendable & Equatable>: Sendable {
    private struct State {
        var value: Value
        var observers: [@Sendable (Value) -> Void] = []
    }

    private let usual: Value
    private let state: Mutex<State>
    /// Locked while observers are called, so that changes are reported in order. Observers call nothing back here.
    private let notifying = Mutex(())

    /// - Parameter usual: the initial value; observers that are added while it holds are not called.
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

    /// Changes the value; observers are not called if it stays the same.
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
