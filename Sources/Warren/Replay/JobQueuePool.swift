import Synchronization

/// The unused queues: at most as many as sessions were driven at the same time.
final class JobQueuePool: Sendable {
    private let idle = Mutex<[JobQueue]>([])

    func take() -> JobQueue {
        idle.withLock { $0.popLast() } ?? JobQueue()
    }

    func give(_ queue: JobQueue) {
        idle.withLock { $0.append(queue) }
    }
}
