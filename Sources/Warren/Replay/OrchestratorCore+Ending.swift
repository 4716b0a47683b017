import Synchronization

extension OrchestratorCore {
    /// Records the first fault. From then on no action is taken and no task is settled.
    func fail(_ fault: FailureDetails) {
        guard !isInert else { return }
        body = .faulted(fault)
        isInert = true
    }

    /// Records that a context was used by a thread that does not drive the instance.
    func noteForeignCall(_ place: String) {
        foreign.withLock { state in
            if !state.isRetired && state.call == nil { state.call = place }
        }
    }

    /// Unwinds all frames of the code and releases them: once, at the end.
    ///
    /// Throwing into the suspended waits frees what the frames hold; cancelling as well ends loops that only check for
    /// cancellation. Code that awaits something foreign unwinds when that returns, on another thread.
    func unwind() {
        isInert = true
        let root = rootTask
        rootTask = nil
        root?.cancel()
        for update in handlers?.openUpdates ?? [] { update.task.cancel() }
        drain()
        while let waiter = firstWaiter {
            resume(waiter)
            drain()
        }
        let jobs = foreign.withLock { state in
            defer { state.jobs = [] }
            state.isRetired = true
            return state.jobs
        }
        for job in jobs { queue?.append(job) }
        drain()
        while let waiter = firstWaiter {
            resume(waiter)
            drain()
        }
        open = [:]
        pendingEvents = PendingEvents()
        // Handlers may refer to the context, and with it to this object.
        handlers = nil
        entities = nil
        recorded = []
        held = []
        actions = []
        continuation = nil
    }
}
