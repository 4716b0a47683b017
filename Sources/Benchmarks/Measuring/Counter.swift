import Synchronization

/// Counts from any thread.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .acquiring) }

    func add(_ more: Int = 1) { count.add(more, ordering: .acquiringAndReleasing) }
}
