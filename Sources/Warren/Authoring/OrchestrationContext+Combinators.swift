extension OrchestrationContext {
    /// Waits for all tasks and returns their values in the order of the arguments; at once for none.
    ///
    /// It waits for every one of them even if one fails, then throws the failure that comes first in the order of the
    /// arguments: no task continues unnoticed.
    public func all<Value>(
        _ tasks: [DurableTask<Value>], file: StaticString = #fileID, line: UInt = #line
    ) async throws -> [Value] {
        try await settle(tasks.map(\.slot), CallSite(file, line))
        return try tasks.map { try $0.result() }
    }

    /// Waits for all tasks, of any types, and returns their values; see `all(_:)` for failures.
    public func all<each Value>(
        _ task: repeat DurableTask<each Value>, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> (repeat each Value) {
        var slots: [TaskSlot] = []
        repeat slots.append((each task).slot)
        try await settle(slots, CallSite(file, line))
        return (repeat try (each task).result())
    }

    /// Waits for the first task to settle, in success or failure, and returns it. It does not throw for a failed one:
    /// its `value` does.
    ///
    /// The other tasks continue. A timer or a sub-orchestration among them keeps the instance from ending until it has
    /// fired or ended, so cancel the timer. An activity that lost does not: if its result is not awaited after all, it is
    /// cancelled when the orchestrator's function ends; cancel it to have that at once.
    ///
    /// - Throws: `WarrenError` with `noTasks` for an empty list.
    public func any<Value>(
        _ tasks: [DurableTask<Value>], file: StaticString = #fileID, line: UInt = #line
    ) async throws -> DurableTask<Value> {
        let winner = try await first(of: tasks.map(\.slot), CallSite(file, line))
        // trap: waiting for none of no tasks has thrown.
        return tasks.first { $0.slot === winner } ?? tasks[0]
    }

    /// Waits for the first of several tasks of any types to settle; compare the winner with the handles.
    public func any<each Value>(
        _ task: repeat DurableTask<each Value>, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> AnyDurableTask {
        var slots: [TaskSlot] = []
        repeat slots.append((each task).slot)
        return AnyDurableTask(slot: try await first(of: slots, CallSite(file, line)))
    }

    private func settle(_ slots: [TaskSlot], _ site: CallSite) async throws {
        guard core.admits(site) else {
            core.leaveIfCancelled(slots)
            throw await core.refusal(site)
        }
        do {
            try await core.waitForAll(of: slots)
        } catch {
            core.leave(slots)
            throw error
        }
    }

    private func first(of slots: [TaskSlot], _ site: CallSite) async throws -> TaskSlot {
        guard core.admits(site) else {
            core.leaveIfCancelled(slots)
            throw await core.refusal(site)
        }
        guard !slots.isEmpty else {
            throw WarrenError(
                .noTasks, "'any' of no task would wait for ever.", file: site.file, line: site.line)
        }
        let winner: TaskSlot
        do {
            winner = try await core.waitForFirst(of: slots)
        } catch {
            core.leave(slots)
            throw error
        }
        // Code that learns that an event's task won has seen the event, whether it reads the value or not.
        if winner.kind == .event { core.pendingEvents.markRead(winner) }
        return winner
    }
}
