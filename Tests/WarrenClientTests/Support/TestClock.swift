import TestSupport
import Testing

/// A clock that stands still until a test moves it.
final class TestClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration = .zero

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State: Sendable, CustomStringConvertible {
        var now = Instant()
        var lastSleeper = 0
        var sleepers: [Int: (deadline: Instant, waiter: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
        var description: String { "\(sleepers.count) sleep" }
    }

    private let state = Watched(State())

    var now: Instant { state.value.now }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.change { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.change { state in
                    if state.cancelled.remove(number) != nil { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers[number] = (deadline, waiter)
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.change { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper?.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Moves the time on and wakes who slept until then.
    func advance(by duration: Duration) {
        let due = state.change { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }.map(\.waiter)
        }
        for waiter in due { waiter.resume() }
    }

    /// Waits until that many sleep.
    func sleepers(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await state.wait(for: "\(count) to sleep", sourceLocation: sourceLocation) { state in
            state.sleepers.count >= count ? () : nil
        }
    }

    /// Waits until somebody sleeps who will wake within a time; others may sleep longer.
    func sleeper(within duration: Duration, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await state.wait(for: "somebody to sleep for a short time", sourceLocation: sourceLocation) { state in
            state.sleepers.values.contains { $0.deadline <= state.now.advanced(by: duration) } ? () : nil
        }
    }

    /// Waits until that many sleep, and no more.
    func sleepers(exactly count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await state.wait(for: "no more than \(count) to sleep", sourceLocation: sourceLocation) { state in
            state.sleepers.count == count ? () : nil
        }
    }
}
