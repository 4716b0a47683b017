import Synchronization

/// Records whether an alarm fired.
final class AlarmFlag: Sendable {
    private let isSet = Atomic(false)

    func note() { isSet.store(true, ordering: .releasing) }

    /// Returns whether it fired since the last call.
    func take() -> Bool { isSet.exchange(false, ordering: .acquiringAndReleasing) }
}
