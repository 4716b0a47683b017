/// The states of a `OneShot`: the value is not set and tasks may wait for it, or it is set.
///
/// In every order of `wait` and `set` each waiter gets the first value, once.
struct OneShotMachine<Value, Waiter> {
    private enum State {
        case pending([Waiter])
        case set(Value)
    }

    private var state = State.pending([])

    /// - Returns: the waiters to resume with the value.
    mutating func set(_ value: Value) -> [Waiter] {
        guard case .pending(let waiters) = state else { return [] }
        state = .set(value)
        return waiters
    }

    /// - Returns: the value to resume the waiter with at once; `nil` if it is kept until the value is set.
    mutating func wait(_ waiter: Waiter) -> Value? {
        switch state {
        case .pending(let waiters):
            state = .pending(waiters + [waiter])
            return nil
        case .set(let value): return value
        }
    }
}
