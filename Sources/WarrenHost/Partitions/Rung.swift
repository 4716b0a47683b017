import Synchronization

/// Whether an alarm rang.
final class Rung: Sendable {
    private let hasRung = Atomic(false)

    func note() { hasRung.store(true, ordering: .releasing) }

    /// Whether it rang since the last call.
    func take() -> Bool { hasRung.exchange(false, ordering: .acquiringAndReleasing) }
}
