import Synchronization

/// Records whether an alarm fired.
final class Rung: Sendable {
    private let hasRung = Atomic(false)

    func note() { hasRung.store(true, ordering: .releasing) }

    /// Returns whether it fired since the last call.
    func take() -> Bool { hasRung.exchange(false, ordering: .acquiringAndReleasing) }
}
