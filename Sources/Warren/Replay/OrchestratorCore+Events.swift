/// Begins and ends waits for events: an event that the code has not seen is never lost with the wait that took it.
extension OrchestratorCore {
    /// A task that takes the next event of a name which passes a check.
    func awaitEvent(_ name: String, check: TaskSlot.PayloadCheck?) -> TaskSlot {
        let slot = TaskSlot(kind: .event, id: -1, name: name)
        slot.check = check
        join(slot)
        return slot
    }

    /// Ends a wait for an event. An event that the task has taken, and that the code has not seen, goes to the next
    /// wait.
    func withdrawEvent(_ slot: TaskSlot) {
        guard isEntered, !isInert else { return }
        if slot.outcome == nil {
            pendingEvents.withdraw(slot)
            settle(slot, .cancelled)
        } else if pendingEvents.isUnread(slot) {
            slot.outcome = .cancelled
            passOn(pendingEvents.reclaim(slot, codec))
        }
    }

    // MARK: Reading

    /// Records that code awaits tasks. A task for an event that had stopped waiting waits again.
    func beginReading(_ slots: [TaskSlot]) {
        for slot in slots { beginReading(slot) }
    }

    func beginReading(_ slot: TaskSlot) {
        slot.readers += 1
        if slot.kind == .event, !slot.isInLine, slot.outcome == nil { join(slot) }
    }

    /// Records that code does not await a task any more.
    func endReading(_ slot: TaskSlot) {
        slot.readers -= 1
    }

    /// Whether a wait that has settled was abandoned in the meantime: its task was cancelled before it could continue.
    ///
    /// This matters only for events, which would be lost with the unread result. Other results are final either way.
    func isGivenUp(_ slots: [TaskSlot]) -> Bool {
        Task.isCancelled && slots.contains { $0.kind == .event }
    }

    /// Ends the waits of tasks for events, if no other code awaits these tasks. They wait again when they are awaited
    /// again.
    ///
    /// An event that such a task has taken returns to its place in the order of arrival, and goes to the next wait.
    func leave(_ slots: [TaskSlot]) {
        for slot in slots { leave(slot) }
    }

    func leave(_ slot: TaskSlot) {
        guard isEntered, !isInert, slot.kind == .event, slot.readers == 0, slot.isInLine else { return }
        if slot.outcome == nil {
            slot.isInLine = false
            pendingEvents.withdraw(slot)
        } else if pendingEvents.isUnread(slot) {
            slot.isInLine = false
            slot.outcome = nil
            passOn(pendingEvents.reclaim(slot, codec))
        }
    }

    /// Ends the waits if the running Swift task is cancelled: it will not read these tasks any more.
    func leaveIfCancelled(_ slots: [TaskSlot]) {
        if isEntered, Task.isCancelled { leave(slots) }
    }

    private func join(_ slot: TaskSlot) {
        slot.isInLine = true
        var refused: [PendingEvents.Refused] = []
        let input = pendingEvents.request(slot, codec, at: now) { refused.append($0) }
        for event in refused { setAside(event) }
        if let input { settle(slot, .result(input)) }
    }

    /// Resumes the task to which an event was assigned.
    func passOn(_ reception: PendingEvents.Reception) {
        switch reception {
        case .taken(let slot, let input): settle(slot, .result(input))
        case .kept: break
        case .refused(let refused): setAside(refused)
        }
    }
}
