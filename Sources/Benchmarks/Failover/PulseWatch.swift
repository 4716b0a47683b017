import Synchronization

/// Sees, for each partition, when its owner answers: it takes one call after the other from every partition, and each
/// call comes only after an owner has committed the answer to the one before.
///
/// Calls can be held back. What is answered only after a host was killed is committed by its successor, so the first call
/// after that shows the moment at which the partition was owned again, without a question being asked in a loop.
final class PulseWatch: Sendable {
    private struct Track {
        var last = -1
        var answeredAt: Ticks?
        /// The longest time from an answer to the next call.
        var longest = 0.0
        /// The first call after `release`.
        var firstAt: Ticks?
        var isHeld = false
    }

    private struct State {
        var tracks: [Track]
        var isHolding = false
        var isQuick = false
        var isOver = false
        var held: [CheckedContinuation<Void, Never>] = []
        var releasedAt: Ticks?
        var fault: BenchError?
    }

    /// The pause of each partition between a call and its answer: what is measured is not how fast it goes. Short ones
    /// are for the time in which the waits between calls are measured; a wait that begins within a pause is seen shorter.
    private static let shortRest = Duration.milliseconds(5)
    private static let longRest = Duration.milliseconds(50)

    private let state: Mutex<State>

    init(partitions: Int) {
        state = Mutex(State(tracks: Array(repeating: Track(), count: partitions)))
    }

    /// The activity: takes a call, and answers it after a pause, or when calls are not held back any more.
    ///
    /// - Returns: whether to go on.
    func take(_ pulse: Pulse) async throws -> Bool {
        guard note(pulse, at: .now) else { return !state.withLock { $0.isOver } }
        try await Task.sleep(for: state.withLock { $0.isQuick } ? Self.shortRest : Self.longRest)
        await withCheckedContinuation { continuation in
            let isHolding = state.withLock { state in
                guard state.isHolding else { return false }
                state.held.append(continuation)
                state.tracks[pulse.partition].isHeld = true
                return true
            }
            if !isHolding { continuation.resume() }
        }
        return state.withLock { state in
            state.tracks[pulse.partition].answeredAt = .now
            return !state.isOver
        }
    }

    /// - Returns: `false` if the call came before; after a takeover some do.
    private func note(_ pulse: Pulse, at now: Ticks) -> Bool {
        state.withLock { state in
            guard state.tracks.indices.contains(pulse.partition) else {
                state.fault = BenchError(.wrong, "Partition \(pulse.partition) called, which the hub does not have")
                return false
            }
            let last = state.tracks[pulse.partition].last
            guard pulse.number > last else { return false }
            if pulse.number != last + 1 {
                state.fault = BenchError(
                    .wrong, "Partition \(pulse.partition) called number \(pulse.number) after \(last)")
            }
            state.tracks[pulse.partition].last = pulse.number
            if let answered = state.tracks[pulse.partition].answeredAt {
                state.tracks[pulse.partition].longest = max(
                    state.tracks[pulse.partition].longest, answered.milliseconds(to: now))
            }
            state.tracks[pulse.partition].answeredAt = nil
            if state.releasedAt != nil, state.tracks[pulse.partition].firstAt == nil {
                state.tracks[pulse.partition].firstAt = now
            }
            return true
        }
    }

    // MARK: Holding

    /// Holds calls back, and returns when one of each partition is held: then none of its messages is under way.
    func hold() async throws {
        state.withLock { state in
            state.isHolding = true
            state.releasedAt = nil
            for index in state.tracks.indices { state.tracks[index].firstAt = nil }
        }
        try await poll("the partitions to call") { $0.tracks.allSatisfy(\.isHeld) ? () : nil }
    }

    /// Answers what was held back.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            state.releasedAt = .now
            for index in state.tracks.indices { state.tracks[index].isHeld = false }
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits until partitions have called since `release`.
    ///
    /// - Returns: the times from a moment to the first call of each, in milliseconds.
    func firstCalls(of partitions: some Sequence<Int>, since start: Ticks) async throws -> [Double] {
        let partitions = Array(partitions)
        return try await poll("the partitions \(partitions.sorted()) to be owned again") { state in
            let firsts = partitions.compactMap { state.tracks[$0].firstAt }
            return firsts.count == partitions.count ? firsts.map { start.milliseconds(to: $0) } : nil
        }
    }

    // MARK: Waits

    /// Makes pauses short, or long again.
    func setQuick(_ isQuick: Bool) { state.withLock { $0.isQuick = isQuick } }

    /// The longest time, for each partition, from an answer to the next call since this was asked last; what still waits
    /// is among it.
    func takeLongestWaits() -> [Double] {
        state.withLock { state in
            state.tracks.indices.map { index in
                let open = state.tracks[index].answeredAt?.milliseconds() ?? 0
                defer { state.tracks[index].longest = 0 }
                return max(state.tracks[index].longest, open)
            }
        }
    }

    /// The number of calls so far.
    var calls: Int { state.withLock { $0.tracks.reduce(0) { $0 + $1.last + 1 } } }

    /// Says at the next call of each partition that it is enough.
    func finish() {
        state.withLock { $0.isOver = true }
        release()
    }

    func check() throws {
        if let fault = state.withLock({ $0.fault }) { throw fault }
    }

    private func poll<T: Sendable>(_ what: String, _ read: @Sendable (State) -> T?) async throws -> T {
        let start = Ticks.now
        while start.milliseconds() < 90_000 {
            try check()
            if let found = state.withLock({ read($0) }) { return found }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw BenchError(.stalled, "Waited for 90 s for \(what)")
    }
}
