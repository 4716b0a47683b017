import DequeModule
import Synchronization

/// A partition's part of the deliveries that the intake may have unacknowledged: their number, and the time that the
/// oldest of them has waited.
final class IntakeShare: Sendable {
    private struct State {
        var added = 0
        var settled = 0
        /// The times at which deliveries arrived, each with the number of the last one. They are settled in about the
        /// order of their arrival.
        var arrivals: Deque<(end: Int, time: ContinuousClock.Instant)> = []
    }

    private let state = Mutex(State())

    /// Notes that deliveries arrived for the partition.
    func add(_ count: Int, at time: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.added += count
            state.arrivals.append((state.added, time))
        }
    }

    /// Notes that deliveries were acknowledged, or took the detour.
    func settled(_ count: Int = 1) {
        state.withLock { state in
            state.settled += count
            while let first = state.arrivals.first, first.end <= state.settled { state.arrivals.removeFirst() }
        }
    }

    /// The number of deliveries that are neither acknowledged nor on the detour.
    var count: Int { state.withLock { $0.added - $0.settled } }

    /// The time of arrival of the oldest of them.
    var oldest: ContinuousClock.Instant? { state.withLock { $0.arrivals.first?.time } }
}
