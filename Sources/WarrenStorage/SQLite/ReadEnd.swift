import Synchronization

/// Stops reading connections in the middle of their work.
final class ReadEnd: Sendable {
    private let flag = Atomic(false)

    var isRaised: Bool { flag.load(ordering: .relaxed) }

    func raise() { flag.store(true, ordering: .relaxed) }
}
