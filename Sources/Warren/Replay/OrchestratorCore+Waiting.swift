extension OrchestratorCore {
    /// Waits until one task has settled.
    func wait(for slot: TaskSlot) async throws {
        guard slot.outcome == nil else { return }
        let waiter = Waiter(remaining: 1)
        slot.add(waiter)
        do {
            try await suspend(waiter)
        } catch {
            if !isInert { slot.remove(waiter) }
            throw error
        }
    }

    /// Waits until the first of several tasks has settled; of those that have, takes the one that did first.
    func waitForFirst(of slots: [TaskSlot]) async throws -> TaskSlot {
        let settled = slots.lazy.filter { $0.outcome != nil }
        if let first = settled.min(by: { $0.settledOrder < $1.settledOrder }) { return first }
        let waiter = Waiter(remaining: 1)
        for slot in slots { slot.add(waiter) }
        // The losers must forget it: a loop over one long-lived event would leave a waiter there each time round.
        defer { if isEntered { for slot in slots { slot.remove(waiter) } } }
        try await suspend(waiter)
        return waiter.winner ?? slots[0]
    }

    /// Waits until all of several tasks have settled.
    func waitForAll(of slots: [TaskSlot]) async throws {
        let pending = slots.filter { $0.outcome == nil }
        guard !pending.isEmpty else { return }
        let waiter = Waiter(remaining: pending.count)
        for slot in pending { slot.add(waiter) }
        do {
            try await suspend(waiter)
        } catch {
            if !isInert { for slot in pending { slot.remove(waiter) } }
            throw error
        }
    }

    /// Suspends the running code until the waiter is settled.
    ///
    /// - Throws: `CancellationError` if the surrounding Swift task is cancelled; `OrchestrationEvicted`.
    private func suspend(_ waiter: Waiter) async throws {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if waiter.isSettled { return continuation.resume() }
                waiter.continuation = continuation
                link(waiter)
            }
        } onCancel: {
            // Leaving the scope of an `async let` and `cancelAll()` wait for the loser: it has to let go.
            guard isEntered else { return noteForeignCall("a task was cancelled") }
            guard !waiter.isSettled else { return }
            waiter.isCancelled = true
            resume(waiter)
        }
        if !isEntered || isInert { throw OrchestrationEvicted() }
        if waiter.isCancelled { throw CancellationError() }
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
