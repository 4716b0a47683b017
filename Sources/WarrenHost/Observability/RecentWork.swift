import Synchronization
import WarrenSupport

/// Counts the commits and turns of a partition in the last one to two minutes, for people who look at it.
///
/// Two windows of a minute follow each other, so that memory is bounded however much happens. A commit costs one lock that
/// only a reader contends for, a turn one or two atomic additions.
final class RecentWork: Sendable {
    /// Commit times by their size: four parts for each doubling of nanoseconds, so that a bound is at most an eighth from
    /// the middle of its part.
    private struct Window {
        var start: ContinuousClock.Instant
        /// The counts of turns at the start.
        var turns: Int
        var turnsInMemory: Int
        var commits = 0
        var times = [UInt32](repeating: 0, count: 256)
    }

    private struct State {
        var current: Window
        var before: Window?
    }

    /// What happened in the windows.
    struct Summary: Equatable {
        var seconds: Double
        var commits: Int
        var commitMedian: Double?
        var commit99: Double?
        var turns: Int
        var turnsInMemory: Int
    }

    private static let length = Duration.seconds(60)

    private let turns = Atomic(0)
    private let turnsInMemory = Atomic(0)
    private let state: Mutex<State>

    init(now: ContinuousClock.Instant = .now) {
        state = Mutex(State(current: Window(start: now, turns: 0, turnsInMemory: 0)))
    }

    /// Counts a turn of an orchestrator.
    func ran(isInMemory: Bool) {
        turns.add(1, ordering: .relaxed)
        if isInMemory { turnsInMemory.add(1, ordering: .relaxed) }
    }

    /// Counts a commit.
    func committed(nanoseconds: Int64, now: ContinuousClock.Instant = .now) {
        let part = Self.part(of: nanoseconds)
        state.withLock { state in
            turnWindow(&state, now)
            state.current.commits += 1
            state.current.times[part] &+= 1
        }
    }

    func summary(now: ContinuousClock.Instant = .now) -> Summary {
        let (current, before) = state.withLock { state in
            turnWindow(&state, now)
            return (state.current, state.before)
        }
        let first = before ?? current
        var times = current.times.map(Int.init)
        for (part, count) in (before?.times ?? []).enumerated() { times[part] += Int(count) }
        return Summary(
            seconds: (now - first.start).inSeconds, commits: current.commits + (before?.commits ?? 0),
            commitMedian: Self.bound(of: 0.5, in: times), commit99: Self.bound(of: 0.99, in: times),
            turns: turns.load(ordering: .relaxed) - first.turns,
            turnsInMemory: turnsInMemory.load(ordering: .relaxed) - first.turnsInMemory)
    }

    /// Begins another window when the present one has had its time.
    private func turnWindow(_ state: inout State, _ now: ContinuousClock.Instant) {
        let age = now - state.current.start
        guard age >= Self.length else { return }
        let next = Window(
            start: now, turns: turns.load(ordering: .relaxed), turnsInMemory: turnsInMemory.load(ordering: .relaxed))
        state.before = age < Self.length * 2 ? state.current : nil
        state.current = next
    }

    private static func part(of nanoseconds: Int64) -> Int {
        let value = UInt64(max(4, nanoseconds))
        let doubling = UInt64.bitWidth - 1 - value.leadingZeroBitCount
        return doubling * 4 + Int((value >> (doubling - 2)) & 3)
    }

    /// The end of the part in which a share of the counts is reached, in seconds; `nil` without any.
    private static func bound(of share: Double, in times: [Int]) -> Double? {
        let wanted = Double(times.reduce(0, +)) * share
        guard wanted > 0 else { return nil }
        var seen = 0
        for (part, count) in times.enumerated() {
            seen += count
            if Double(seen) >= wanted {
                return Double(4 + part % 4 + 1) * Double(sign: .plus, exponent: part / 4 - 2, significand: 1) / 1e9
            }
        }
        return nil
    }
}
