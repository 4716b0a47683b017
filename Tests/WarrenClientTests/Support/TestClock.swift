import Synchronization

/// A clock that stands still until a test moves it.
final class TestClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration = .zero

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant()
        var lastSleeper = 0
        var sleepers: [Int: (deadline: Instant, waiter: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
        var observers: [(count: Int, waiter: CheckedContinuation<Void, Never>)] = []

        mutating func takeObservers() -> [CheckedContinuation<Void, Never>] {
            let ready = observers.filter { sleepers.count >= $0.count }.map(\.waiter)
            observers.removeAll { sleepers.count >= $0.count }
            return ready
        }
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                enum Next {
                    case resume(Result<Void, any Error>)
                    case wake([CheckedContinuation<Void, Never>])
                }
                let next: Next = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return .resume(.failure(CancellationError())) }
                    if deadline <= state.now { return .resume(.success(())) }
                    state.sleepers[number] = (deadline, waiter)
                    return .wake(state.takeObservers())
                }
                switch next {
                case .resume(let result): waiter.resume(with: result)
                case .wake(let observers): observers.forEach { $0.resume() }
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper?.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Moves the time on and wakes who slept until then.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }.map(\.waiter)
        }
        for waiter in due { waiter.resume() }
    }

    /// Waits until that many sleep.
    func sleepers(_ count: Int) async {
        await withCheckedContinuation { waiter in
            let isReady = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.observers.append((count, waiter))
                return false
            }
            if isReady { waiter.resume() }
        }
    }
}
