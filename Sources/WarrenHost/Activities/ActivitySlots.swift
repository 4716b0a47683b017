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

    private enum Waiter {
        /// - `isPatient`: whether the caller waits without limit.
        case caller(UnsafeContinuation<Bool, Never>, isPatient: Bool)
        /// The line of work of this process's partitions.
        case line(@Sendable (Bool) -> Void)

        var isPatient: Bool {
            if case .caller(_, let isPatient) = self { isPatient } else { false }
        }

        func answer(_ isIn: Bool) {
            switch self {
            case .caller(let continuation, _): continuation.resume(returning: isIn)
            case .line(let answer): answer(isIn)
            }
        }
    }

    /// The answer to a request for a place that does not wait for it.
    enum Entry {
        /// The caller has a place, which it leaves later.
        case entered
        /// The caller is told when it has a place, or when none can be expected soon.
        case waits
        /// Long activities hold all places.
        case hopeless
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
                state.waiting.append(.caller(continuation, isPatient: isPatient))
                return nil
            }
            if let isIn { continuation.resume(returning: isIn) }
        }
    }

    /// Takes a place if one is free; the caller follows every `true` by one `leave`.
    func tryEnter() -> Bool { tryEnter(most: 1) == 1 }

    /// Takes as many free places as there are, at most this number.
    ///
    /// - Returns: their number. The caller leaves each.
    func tryEnter(most count: Int) -> Int {
        guard count > 0 else { return 0 }
        return state.withLock { state in
            let taken = min(count, max(0, state.free))
            state.free -= taken
            return taken
        }
    }

    /// Takes a place if one is free, and otherwise stands in the queue of those that wait for one.
    ///
    /// - Parameter answer: is called once if the result is `waits`, by the caller of another function of this object:
    ///   with `true` when there is a place, and with `false` when none can be expected soon.
    func enter(otherwise answer: @escaping @Sendable (Bool) -> Void) -> Entry {
        state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return .entered
            }
            if state.leased >= count { return .hopeless }
            state.waiting.append(.line(answer))
            return .waits
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
        next?.answer(true)
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
        for waiter in turnedAway { waiter.answer(false) }
        for observer in observers { observer.yield() }
    }

    /// Takes all places, and keeps them.
    func close() async {
        for _ in 0..<count { _ = await enter(isPatient: true) }
    }
}
