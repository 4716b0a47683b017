extension OrchestratorCore {
    /// Waits until one task has settled, and returns its payload or throws its error.
    ///
    /// Values that live across an `await` are part of every suspended instance, so the calls above this one keep few
    /// and leave the cleanup after a cancellation to this one.
    ///
    /// - Parameter ownsTask: Whether no other code has the task: a cancelled wait then abandons it.
    func payload(of slot: TaskSlot, ownsTask: Bool) async throws -> Payload {
        beginReading(slot)
        if slot.outcome == nil {
            let waiter = Waiter(remaining: 1)
            slot.add(waiter)
            await suspend(waiter)
            guard isEntered, !isInert else { throw OrchestrationEvicted() }
            if waiter.isCancelled || slot.kind == .event && Task.isCancelled {
                slot.remove(waiter)
                endReading(slot)
                if ownsTask { abandon(slot) } else { leave(slot) }
                throw CancellationError()
            }
        }
        endReading(slot)
        return try answer(of: slot)
    }

    /// Abandons tasks that no code waits for any more: activities, timers, event waits, further attempts.
    /// Sub-orchestrations continue.
    @inline(never)
    func abandon(_ slot: TaskSlot) {
        switch slot.kind {
        case .timer: cancelTimer(slot)
        case .event: withdrawEvent(slot)
        case .composite: slot.retrying?.stop()
        case .activity: cancelActivity(slot)
        case .entity: abandonRequest(slot)
        case .subOrchestration: break
        }
    }

    /// Waits until the first of several tasks has settled; of several settled ones, returns the one that settled first.
    func waitForFirst(of slots: [TaskSlot]) async throws -> TaskSlot {
        beginReading(slots)
        defer { if isEntered { for slot in slots { endReading(slot) } } }
        let settled = slots.lazy.filter { $0.outcome != nil }
        if let first = settled.min(by: { $0.settledOrder < $1.settledOrder }) {
            noteLosers(among: slots)
            return first
        }
        let waiter = Waiter(remaining: 1)
        for slot in slots { slot.add(waiter) }
        // The other tasks must release the waiter: a loop over one long-lived event would leave a waiter there in each
        // round.
        defer { if isEntered { for slot in slots { slot.remove(waiter) } } }
        await suspend(waiter)
        try check(waiter)
        if isGivenUp(slots) { throw CancellationError() }
        noteLosers(among: slots)
        // trap: callers refuse to wait for the first of none.
        return waiter.winner ?? slots[0]
    }

    /// Waits until all of several tasks have settled.
    func waitForAll(of slots: [TaskSlot]) async throws {
        beginReading(slots)
        defer { if isEntered { for slot in slots { endReading(slot) } } }
        let pending = slots.filter { $0.outcome == nil }
        guard !pending.isEmpty else { return }
        let waiter = Waiter(remaining: pending.count)
        for slot in pending { slot.add(waiter) }
        await suspend(waiter)
        if isEntered, waiter.isCancelled { for slot in pending { slot.remove(waiter) } }
        try check(waiter)
        if isGivenUp(slots) { throw CancellationError() }
    }

    /// - Throws: The reason why a wait ended early.
    private func check(_ waiter: Waiter) throws {
        if !isEntered || isInert { throw OrchestrationEvicted() }
        if waiter.isCancelled { throw CancellationError() }
    }

    /// Suspends the running code until the waiter is settled: its tasks are, the surrounding Swift task is cancelled,
    /// or the instance is evicted.
    private func suspend(_ waiter: Waiter) async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if waiter.isSettled { return continuation.resume() }
                waiter.continuation = continuation
                link(waiter)
            }
        } onCancel: {
            // The end of the scope of an `async let` and `cancelAll()` wait for the losing task: it has to end.
            guard isEntered else { return noteForeignCall("a task was cancelled") }
            guard !waiter.isSettled else { return }
            waiter.isCancelled = true
            resume(waiter)
        }
    }

    func resume(_ waiter: Waiter) {
        guard !waiter.isSettled else { return }
        waiter.isSettled = true
        guard let continuation = waiter.continuation else { return }
        waiter.continuation = nil
        unlink(waiter)
        continuation.resume()
    }

    private func link(_ waiter: Waiter) {
        waiter.previous = lastWaiter
        lastWaiter?.next = waiter
        lastWaiter = waiter
        if firstWaiter == nil { firstWaiter = waiter }
    }

    private func unlink(_ waiter: Waiter) {
        if let previous = waiter.previous { previous.next = waiter.next } else { firstWaiter = waiter.next }
        if let next = waiter.next { next.previous = waiter.previous } else { lastWaiter = waiter.previous }
        waiter.previous = nil
        waiter.next = nil
    }
}
