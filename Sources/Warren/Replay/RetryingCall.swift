/// A call that is tried again after failures: each attempt a call, each delay a timer, all of them recorded.
///
/// It continues by itself, whether its task is awaited or not.
final class RetryingCall {
    /// What is made of one attempt's call.
    typealias AttemptCall = (_ terms: TaskTerms) throws -> TaskSlot

    /// The task for the caller: it settles when the last attempt has ended.
    let task: TaskSlot
    private let core: OrchestratorCore
    private let policy: RetryPolicy
    private let timeouts: ActivityTimeouts
    private let order: CallOrder
    private let site: CallSite
    private let attemptCall: AttemptCall
    private let startedAt: Timestamp
    private var attempt = 0
    /// The number of the attempt or delay under way. The slot itself refers to this call.
    private var pending: Int?
    private var isStopped = false
    /// Whether its attempts are activities, which can be cancelled.
    private(set) var isActivity = false
    private var seed: UInt64 = 0

    /// - Parameter attemptCall: Starts one attempt; called once per attempt.
    init(
        _ core: OrchestratorCore, _ name: String, _ policy: RetryPolicy, _ timeouts: ActivityTimeouts,
        _ order: CallOrder, _ site: CallSite, attemptCall: @escaping AttemptCall
    ) {
        self.core = core
        self.policy = policy
        self.timeouts = timeouts
        self.order = order
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

    /// Ends the attempts. An activity that is under way is cancelled; a sub-orchestration continues, but its answer is
    /// not awaited.
    func stop() {
        isStopped = true
        guard let pending, let slot = core.open[pending] else { return }
        switch slot.kind {
        case .timer: core.cancelTimer(slot)
        case .activity: core.cancelActivity(slot)
        case .subOrchestration, .event, .composite, .entity: break
        }
    }

    /// Ends the attempts at an activity, and the task with them. Nothing cancels sub-orchestrations.
    func cancel() {
        guard isActivity, task.outcome == nil else { return }
        stop()
        core.settle(task, .cancelled)
    }

    /// Called when an attempt or a delay has ended.
    func settled(_ slot: TaskSlot) {
        guard !core.isInert, !isStopped else { return }
        pending = nil
        switch slot.outcome {
        case .fired:
            do {
                try tryOnce()
            } catch {
                core.settle(task, .refused(error))
            }
        case .failed(var failure):
            failure.attempt = attempt
            guard let delay = delay(after: failure.details),
                let timer = try? core.createTimer(after: delay, site)
            else { return core.settle(task, .failed(failure)) }
            pending = timer.id
            timer.retry = self
        case let outcome?: core.settle(task, outcome)
        case nil: break
        }
    }

    private var elapsed: Duration { core.now.duration(since: startedAt) }

    private func tryOnce() throws {
        attempt += 1
        // The first attempt is the first action of this call: it has the number of the call.
        let terms =
            attempt == 1
            ? TaskTerms(timeouts: timeouts, order: order)
            : TaskTerms(
                retryOf: task.id, attempt: attempt, timeouts: timeouts,
                spent: timeouts.total == nil ? .zero : max(elapsed, .zero), order: order)
        let slot = try attemptCall(terms)
        isActivity = slot.kind == .activity
        pending = slot.id
        slot.retry = self
    }

    /// The time to wait before the next attempt; `nil` if there is none.
    private func delay(after failure: FailureDetails) -> Duration? {
        guard attempt < policy.maxAttempts, !failure.isNonRetriable else { return nil }
        if let timeout = policy.timeout, elapsed >= timeout { return nil }
        if policy.nonRetriableTypes.contains(where: failure.isCaused(by:)) { return nil }
        // The error of a handler that fails is dropped: the caller must see the original failure.
        if let handle = policy.handle, (try? handle(failure)) != true { return nil }
        if let retryIf = policy.retryIf {
            let ended = RetryAttempt(attempt: attempt, failure: failure, elapsed: elapsed)
            guard (try? retryIf(ended)) == true else { return nil }
        }
        let delay = policy.delay(afterAttempt: attempt, seed: seed)
        // An attempt that could only begin when the time of the whole call is over is not made.
        if let total = timeouts.total, elapsed + delay >= total { return nil }
        return delay
    }
}
