import Synchronization

/// The number of work items of one partition that this process runs past the broker.
final class LocalShare: Sendable {
    /// The maximum number of unanswered items: as many messages as the window of an outbox holds, because those that wait
    /// for a place return to the broker when they would wait for too long.
    private static let mostOpen = 8192
    /// The maximum number of items that run, so that activities that are long, and not yet under a lease, leave room in the
    /// partition's window for everything else.
    private static let mostRunning = 2048

    private let open = Atomic(0)
    private let running = Atomic(0)

    /// The number of items without a durable answer.
    var count: Int { open.load(ordering: .relaxed) }

    /// The number of items that may begin.
    var free: Int { max(0, Self.mostRunning - running.load(ordering: .relaxed)) }

    /// Takes items, as many as there is room for.
    ///
    /// - Returns: their number. Each is followed by one ``end()``.
    func take(_ count: Int) -> Int {
        let all = open.add(count, ordering: .relaxed).newValue
        let excess = min(count, max(0, all - Self.mostOpen))
        if excess > 0 { open.subtract(excess, ordering: .relaxed) }
        return count - excess
    }

    func end() { open.subtract(1, ordering: .relaxed) }
    func beginRun() { running.add(1, ordering: .relaxed) }
    func endRun() { running.subtract(1, ordering: .relaxed) }
}
