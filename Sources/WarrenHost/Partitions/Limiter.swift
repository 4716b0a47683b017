import DequeModule
import Synchronization

/// Lets a number of callers in at once; the others wait in order.
final class Limiter: Sendable {
    private struct State {
        var free: Int
        var waiting: Deque<UnsafeContinuation<Void, Never>> = []
    }

    private let state: Mutex<State>
    private let places: Int
    /// Of those who want all places, one at a time: two that had half of them each would wait for ever.
    private let alone: Limiter?

    convenience init(_ places: Int) {
        self.init(places, alone: Limiter(1, alone: nil))
    }

    private init(_ places: Int, alone: Limiter?) {
        self.places = places
        self.alone = alone
        state = Mutex(State(free: places))
    }

    /// Waits until nobody else is in. Every `enterAlone` is followed by one `leaveAlone`.
    func enterAlone() async {
        await alone?.enter()
        for _ in 0..<places { await enter() }
    }

    func leaveAlone() {
        for _ in 0..<places { leave() }
        alone?.leave()
    }

    /// Waits for a place. Every `enter` is followed by one `leave`.
    func enter() async {
        if tryEnter() { return }
        await withUnsafeContinuation { continuation in
            let isIn = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isIn { continuation.resume() }
        }
    }

    private func tryEnter() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    func leave() {
        let next = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            if let next = state.waiting.popFirst() { return next }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
