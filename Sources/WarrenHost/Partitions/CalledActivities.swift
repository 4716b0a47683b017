import Synchronization

/// The names of the activities that instances of this host have called since it started, for checks of their queues.
final class CalledActivities: Sendable {
    private let called = Mutex<Set<String>>([])

    var names: Set<String> { called.withLock { $0 } }

    func add(_ name: String) {
        _ = called.withLock { $0.insert(name) }
    }
}
