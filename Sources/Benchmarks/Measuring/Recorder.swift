import Synchronization

/// Collects numbers from any thread.
final class Recorder: Sendable {
    private let list = Mutex<[Double]>([])

    func add(_ value: Double) { list.withLock { $0.append(value) } }

    /// Everything so far, and begins anew.
    func take() -> [Double] {
        list.withLock { list in
            defer { list = [] }
            return list
        }
    }
}
