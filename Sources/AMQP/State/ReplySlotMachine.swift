/// The states of a `ReplySlot`: nothing yet, somebody waits, an answer lies ready, over.
///
/// Every order of `wait`, `fulfil` and `cancel` ends with the waiter resumed exactly once.
struct ReplySlotMachine<Value, Waiter> {
    enum Action {
        case none
        case resume(Waiter, Result<Value, any Error>)
    }

    private enum State {
        case initial
        case waiting(Waiter)
        case ready(Result<Value, any Error>)
        case cancelled
        case over
    }

    private var state = State.initial

    mutating func wait(_ waiter: Waiter) -> Action {
        switch state {
        case .initial:
            state = .waiting(waiter)
            return .none
        case .ready(let result):
            state = .over
            return .resume(waiter, result)
        case .cancelled:
            state = .over
            return .resume(waiter, .failure(CancellationError()))
        case .waiting, .over:
            // Only one waits for a slot. A second one would be told at once, rather than end the process.
            return .resume(waiter, .failure(CancellationError()))
        }
    }

    mutating func fulfil(_ result: Result<Value, any Error>) -> Action {
        switch state {
        case .initial:
            state = .ready(result)
            return .none
        case .waiting(let waiter):
            state = .over
            return .resume(waiter, result)
        case .ready, .cancelled, .over:
            return .none
        }
    }

    mutating func cancel() -> Action {
        switch state {
        case .initial:
            state = .cancelled
            return .none
        case .waiting(let waiter):
            state = .over
            return .resume(waiter, .failure(CancellationError()))
        case .ready, .cancelled, .over:
            // An answer that is there is delivered: whoever waits next learns what really happened.
            return .none
        }
    }
}
