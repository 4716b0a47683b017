import DequeModule
import Synchronization

/// A partition's part of the deliveries that the intake may have unacknowledged: how many there are, and for how long the
/// oldest of them has waited.
final class IntakeShare: Sendable {
    private struct State {
        var added = 0
        var settled = 0
        /// When deliveries came: up to which number, and when. They are settled in about the order in which they came.
        var arrivals: Deque<(end: Int, time: ContinuousClock.Instant)> = []
    }

    private let state = Mutex(State())

    /// Deliveries came for the partition.
    func add(_ count: Int, at time: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.added += count
            state.arrivals.append((state.added, time))
        }
    }

    /// A delivery was acknowledged, or went another way.
    func settled(_ count: Int = 1) {
        state.withLock { state in
            state.settled += count
            while let first = state.arrivals.first, first.end <= state.settled { state.arrivals.removeFirst() }
        }
    }

    /// How many deliveries are neither acknowledged nor gone another way.
    var count: Int { state.withLock { $0.added - $0.settled } }

    /// Since when the oldest of them has waited.
    var oldest: ContinuousClock.Instant? { state.withLock { $0.arrivals.first?.time } }
}
