import Synchronization

extension OrchestratorCore {
    /// Records the first fault. From here on nothing is asked for or answered.
    func fail(_ fault: FailureDetails) {
        guard !isInert else { return }
        body = .faulted(fault)
        isInert = true
    }

    /// A context was used by a thread that does not drive the instance.
    func noteForeignCall(_ place: String) {
        foreign.withLock { state in
            if !state.isRetired && state.call == nil { state.call = place }
        }
    }

    /// Unwinds all frames of the code and lets go of them: once, at the end.
    ///
    /// Throwing into the waiting places frees what the frames hold; cancelling beside it ends loops that only ask
    /// whether they are cancelled. Code that awaits something foreign unwinds when that comes back, on another thread.
    func unwind() {
        isInert = true
        let root = rootTask
        rootTask = nil
        root?.cancel()
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
        recorded = []
        held = []
        actions = []
        continuation = nil
    }
}
