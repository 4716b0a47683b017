import DequeModule
import Synchronization

/// The places in which a worker runs activities, shared by all of its queues, and the number of places that long
/// activities hold.
///
/// A caller that waits for a place is turned away when the last one comes under a lease: nothing shows when it will be
/// free, and another worker may have a free one now.
final class ActivitySlots: Sendable {
    private struct State {
        var free: Int
        var leased = 0
        var waiting: Deque<Waiter> = []
        var observers: [AsyncStream<Void>.Continuation] = []
    }

    /// The places at one moment.
    struct Places: Sendable, Hashable {
        var all: Int
        var used: Int
        /// The places that long activities hold.
        var leased: Int
    }

    private struct Waiter {
        var continuation: UnsafeContinuation<Bool, Never>
        /// Whether the caller waits without limit.
        var isPatient: Bool
    }

    private let state: Mutex<State>
    private let count: Int

    init(_ count: Int) {
        self.count = count
        state = Mutex(State(free: count))
    }

    /// The number of places that no long activity holds.
    var unleased: Int { state.withLock { count - $0.leased } }

    /// The places at present.
    var places: Places { state.withLock { Places(all: count, used: count - $0.free, leased: $0.leased) } }

    /// Notifies the observer whenever `unleased` changes.
    func observe(_ observer: AsyncStream<Void>.Continuation) {
        state.withLock { $0.observers.append(observer) }
    }

    /// Waits for a place. The caller follows every `true` by one `leave`.
    ///
    /// - Parameter isPatient: whether to wait even if long activities hold all places.
    /// - Returns: `false` if there is no place and none can be expected soon.
    func enter(isPatient: Bool = false) async -> Bool {
        if tryEnter() { return true }
        return await withUnsafeContinuation { continuation in
            let isIn = state.withLock { state -> Bool? in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                if !isPatient, state.leased >= count { return false }
                state.waiting.append(Waiter(continuation: continuation, isPatient: isPatient))
                return nil
            }
            if let isIn { continuation.resume(returning: isIn) }
        }
    }

    /// Takes a place if one is free; the caller follows every `true` by one `leave`.
    func tryEnter() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    /// - Parameter wasLeased: whether `lease` was called for this place.
    func leave(wasLeased: Bool) {
        let (next, observers) = state.withLock { state in
            if wasLeased { state.leased -= 1 }
            let next = state.waiting.popFirst()
            if next == nil { state.free += 1 }
            return (next, wasLeased ? state.observers : [])
        }
        next?.continuation.resume(returning: true)
        for observer in observers { observer.yield() }
    }

    /// Marks the activity in one of the places as a long one.
    func lease() {
        let (turnedAway, observers) = state.withLock { state in
            state.leased += 1
            guard state.leased >= count else { return ([] as Deque<Waiter>, state.observers) }
            let turnedAway = state.waiting.filter { !$0.isPatient }
            state.waiting.removeAll { !$0.isPatient }
            return (Deque(turnedAway), state.observers)
        }
        for waiter in turnedAway { waiter.continuation.resume(returning: false) }
        for observer in observers { observer.yield() }
    }

    /// Takes all places, and keeps them.
    func close() async {
        for _ in 0..<count { _ = await enter(isPatient: true) }
    }
}
