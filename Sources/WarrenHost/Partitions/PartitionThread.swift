import WarrenSupport

/// Runs everything that one partition does, on a thread of its own: a read that blocks on a disk, or an orchestrator that
/// computes for long, holds up nobody else.
///
/// The thread ends when nobody refers to this any more. A job keeps it until it has run.
final class PartitionThread: SerialExecutor {
    private struct State {
        /// Each with what it runs on, which it keeps.
        var jobs: [(job: UnownedJob, executor: PartitionThread)] = []
        var isEnding = false
    }

    /// Enough for orchestrators that recurse, and for payloads that are nested deeply.
    private static let stackSize = 8 << 20

    private let monitor = Monitor(State())

    /// - Parameter name: for debuggers.
    /// - Throws: when the system gives no thread.
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
