import Synchronization

extension OrchestratorCore {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isEntered, let queue { return queue.append(job) }
        let isRetired = foreign.withLock { state in
            if !state.isRetired { state.jobs.append(job) }
            return state.isRetired
        }
        if isRetired { globalConcurrentExecutor.enqueue(job) }
    }

    /// Runs a body as the driver of the instance.
    func drive<Result>(with queue: JobQueue, _ body: () -> Result) -> Result {
        // trap: a partition's processor is an actor, and alone has its sessions.
        precondition(driver.load(ordering: .relaxed) == 0, "An orchestrator session is used from two places at once.")
        self.queue = queue
        driver.store(CurrentThread.id, ordering: .relaxed)
        defer {
            driver.store(0, ordering: .relaxed)
            self.queue = nil
        }
        return body()
    }

    /// Runs jobs until none is left.
    func drain() {
        guard let queue else { return }
        // Uses the executor alone, without a serial executor beside it: otherwise the runtime enqueues the task again
        // on every call of a nonisolated function, and how often depends on optimisation.
        let executor = asUnownedTaskExecutor()
        while let job = queue.next() { job.runSynchronously(on: executor) }
    }

    /// Fails the instance after draining if its code waits for something that is not recorded, or ran on another
    /// thread.
    func checkForStrangers() {
        guard !isInert else { return }
        let (hasJobs, call) = foreign.withLock { (!$0.jobs.isEmpty, $0.call) }
        if let call {
            fail(.foreignCall(self, call))
        } else if hasJobs {
            fail(.foreignAwait(self, isIdle: false))
        } else if case .running = body, firstWaiter == nil {
            fail(.foreignAwait(self, isIdle: true))
        }
    }

    /// Starts the body in a task of its own.
    func begin(_ orchestrator: RegisteredOrchestrator) {
        body = .running
        closesTimers = orchestrator.closesTimers
        let function = orchestrator.body
        // Detached: otherwise the task-locals and the priority of the driver would pass to the orchestrator.
        rootTask = Task.detached(executorPreference: self) {
            do {
                self.finish(.success(try await function(self, self.started.input)))
            } catch {
                self.finish(.failure(error))
            }
        }
    }

    private func finish(_ result: Result<Payload, any Error>) {
        // The code was unwound on another thread after the eviction: its result is not used.
        guard isEntered else { return }
        rootTask = nil
        guard !isInert else { return }
        switch result {
        case .success(let output): body = continuation == nil ? .returned(output) : .continuing
        case .failure(is ContinueAsNewRequested) where continuation != nil: body = .continuing
        case .failure(let error): body = .threw(FailureDetails(error, with: codec))
        }
        if hasLosers { cancelLosers() }
        if closesTimers { closeTimers() }
        if handlers != nil { abandonUpdates() }
    }

    /// Cancels the timers that the body left open. Pauses of calls that are tried again belong to their calls.
    private func closeTimers() {
        guard !open.isEmpty else { return }
        for slot in open.values.filter({ $0.kind == .timer && $0.retry == nil }).sorted(by: { $0.id < $1.id }) {
            cancelTimer(slot)
        }
    }
}

private func ~= (pattern: any Error.Type, error: any Error) -> Bool { type(of: error) == pattern }
