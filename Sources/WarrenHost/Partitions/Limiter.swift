import DequeModule
import Synchronization

/// Admits a limited number of callers at once; the others wait in order.
final class Limiter: Sendable {
    private struct State {
        var free: Int
        var waiting: Deque<UnsafeContinuation<Void, Never>> = []
    }

    private let state: Mutex<State>
    private let places: Int
    /// Admits one caller at a time among those that want all places: two that had half of the places each would
    /// deadlock.
    private let alone: Limiter?

    convenience init(_ places: Int) {
        self.init(places, alone: Limiter(1, alone: nil))
    }

    private init(_ places: Int, alone: Limiter?) {
        self.places = places
        self.alone = alone
        state = Mutex(State(free: places))
    }

    /// Waits until the caller holds every place. The caller follows every `enterAlone` by one `leaveAlone`.
    func enterAlone() async {
        await alone?.enter()
        for _ in 0..<places { await enter() }
    }

    func leaveAlone() {
        for _ in 0..<places { leave() }
        alone?.leave()
    }

    /// Waits for a place. The caller follows every `enter` by one `leave`.
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
