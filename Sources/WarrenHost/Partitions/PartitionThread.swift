import WarrenSupport

/// Runs all work of one partition on a thread of its own: a read that blocks on a disk, or an orchestrator that
/// computes for long, delays no other partition.
///
/// The thread ends when this object is no longer referenced. A job keeps it until it has run.
final class PartitionThread: SerialExecutor {
    private struct State {
        /// The jobs, each with its executor, which it keeps alive.
        var jobs: [(job: UnownedJob, executor: PartitionThread)] = []
        var isEnding = false
    }

    /// The size is enough for orchestrators that recurse, and for deeply nested payloads.
    private static let stackSize = 8 << 20

    private let monitor = Monitor(State())

    /// - Parameter name: for debuggers.
    /// - Throws: an error if the system cannot create a thread.
    init(name: String) throws(SystemThread.Failure) {
        let monitor = monitor
        try SystemThread.start(name: name, stackSize: Self.stackSize) { Self.work(off: monitor) }
    }

    deinit {
        monitor.change { $0.isEnding = true }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        monitor.change { $0.jobs.append((job, self)) }
    }

    private static func work(off monitor: Monitor<State>) {
        while true {
            let jobs = monitor.wait { state -> [(job: UnownedJob, executor: PartitionThread)]? in
                if state.jobs.isEmpty { return state.isEnding ? [] : nil }
                defer { state.jobs = [] }
                return state.jobs
            }
            if jobs.isEmpty { return }
            for (job, executor) in jobs { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
        }
    }
}
