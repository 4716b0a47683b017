import DequeModule
import Synchronization

/// Runs the jobs of a simulation, in order, on the thread that drains it.
package final class SimExecutor: TaskExecutor {
    private struct Entry {
        var job: UnownedJob
        /// Whether it is a job of a partition.
        var isSerial: Bool
    }

    private let jobs = Mutex<Deque<Entry>>([])
    /// Runs partitions: its jobs are in the same queue.
    package let partitions = SimSerialExecutor()

    init() {
        partitions.line = self
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(Entry(job: job, isSerial: false)) }
    }

    fileprivate func enqueueSerial(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(Entry(job: job, isSerial: true)) }
    }

    /// Runs jobs until none is left.
    func drain() {
        let executor = asUnownedTaskExecutor()
        let serial = partitions.asUnownedSerialExecutor()
        while let entry = jobs.withLock({ $0.popFirst() }) {
            if entry.isSerial {
                entry.job.runSynchronously(isolatedTo: serial, taskExecutor: executor)
            } else {
                entry.job.runSynchronously(on: executor)
            }
        }
    }
}

/// Runs the partitions of a simulation in place of threads of their own.
///
/// `@unchecked Sendable`: `line` is set once, before this object is shared.
package final class SimSerialExecutor: SerialExecutor, @unchecked Sendable {
    fileprivate weak var line: SimExecutor?

    package func enqueue(_ job: consuming ExecutorJob) {
        guard let line else { return }
        line.enqueueSerial(job)
    }
}
