/// A call that is tried again after failures: each attempt a call, each delay a timer, all of them recorded.
///
/// It continues by itself, whether its task is awaited or not.
final class RetryingCall {
    /// The task for the caller: it settles when the last attempt has ended.
    let task: TaskSlot
    private let core: OrchestratorCore
    private let policy: RetryPolicy
    private let site: CallSite
    private let attemptCall: (_ retryOf: Int?) throws -> TaskSlot
    private let startedAt: Timestamp
    private var attempt = 0
    private var timer: TaskSlot?
    private var failure: TaskFailure?
    private var isStopped = false
    private var seed: UInt64 = 0

    /// - Parameter attemptCall: Starts one attempt, given the number of the first one if it is a later one; called once
    ///   per attempt.
    init(
        _ core: OrchestratorCore, _ name: String, _ policy: RetryPolicy, _ site: CallSite,
        attemptCall: @escaping (_ retryOf: Int?) throws -> TaskSlot
    ) {
        self.core = core
        self.policy = policy
        self.site = site
        self.attemptCall = attemptCall
        startedAt = core.now
        task = TaskSlot(kind: .composite, id: core.nextID, name: name)
        task.retrying = self
    }

    func begin() throws {
        if policy.jitter > 0 {
            seed = SplitMix64.seed("\(core.executionID):\(core.nextID)")
        }
        try tryOnce()
    }

    /// Ends the attempts. An attempt that is under way continues, but its answer is not awaited.
    func stop() {
        isStopped = true
        if let timer { core.cancelTimer(timer) }
    }

    /// Called when an attempt or a delay has ended.
    func settled(_ slot: TaskSlot) {
        guard !core.isInert, !isStopped else { return }
        switch slot.outcome {
        case .fired:
            timer = nil
            do {
                try tryOnce()
            } catch {
                core.settle(task, .refused(error))
            }
        case .failed(let failure):
            self.failure = failure
            guard let delay = delay(after: failure),
                let timer = try? core.createTimer(after: delay, site)
            else { return core.settle(task, .failed(failure)) }
            self.timer = timer
            timer.retry = self
        case let outcome?: core.settle(task, outcome)
        case nil: break
        }
    }

    private func tryOnce() throws {
        attempt += 1
        // The first attempt is the first action of this call: it has the number of the call.
        let slot = try attemptCall(attempt == 1 ? nil : task.id)
        slot.retry = self
    }

    /// The time to wait before the next attempt; `nil` if there is none.
    private func delay(after failure: TaskFailure) -> Duration? {
        guard attempt < policy.maxAttempts, !failure.details.isNonRetriable else { return nil }
        if let timeout = policy.timeout, core.now.duration(since: startedAt) >= timeout { return nil }
        if let handle = policy.handle {
            // The error of a handler that fails is dropped: the caller must see the original failure.
            guard (try? handle(failure.details)) == true else { return nil }
        }
        return policy.delay(afterAttempt: attempt, seed: seed)
    }
}
