import Synchronization

/// Tells connections that read to stop in the middle of what they do.
final class ReadEnd: Sendable {
    private let flag = Atomic(false)

    var isRaised: Bool { flag.load(ordering: .relaxed) }

    func raise() { flag.store(true, ordering: .relaxed) }
}
