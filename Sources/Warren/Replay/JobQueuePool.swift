import Synchronization

/// Queues that nobody uses at the moment: as many as sessions were ever driven at the same time.
final class JobQueuePool: Sendable {
    private let idle = Mutex<[JobQueue]>([])

    func take() -> JobQueue {
        idle.withLock { $0.popLast() } ?? JobQueue()
    }

    func give(_ queue: JobQueue) {
        idle.withLock { $0.append(queue) }
    }
}
