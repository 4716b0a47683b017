import Synchronization

/// Stops reading connections in the middle of their work.
final class ReadEnd: Sendable {
    private let flag = Atomic(false)
    private let deadline: ContinuousClock.Instant?

    /// - Parameter deadline: the time at which the work ends by itself; `nil` for none.
    init(deadline: ContinuousClock.Instant? = nil) {
        self.deadline = deadline
    }

    var isRaised: Bool { flag.load(ordering: .relaxed) || hasPassed }

    /// Whether the deadline has passed.
    var hasPassed: Bool { deadline.map { $0 <= .now } ?? false }

    func raise() { flag.store(true, ordering: .relaxed) }
}
