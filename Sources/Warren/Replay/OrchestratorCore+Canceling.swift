/// Gives up activities: at the code's request, and those that nothing waits for at the end of the body.
extension OrchestratorCore {
    /// Cancels an activity. One that has answered or was cancelled before is left unchanged.
    func cancelActivity(_ slot: TaskSlot) {
        guard isEntered, !isInert, open[slot.id] === slot else { return }
        open[slot.id] = nil
        if !isReplaying { actions.append(.cancelTask(id: slot.id)) }
        settle(slot, .cancelled)
    }

    /// Notes which activities have lost a race.
    func noteLosers(among slots: [TaskSlot]) {
        for slot in slots where slot.outcome == nil {
            switch slot.kind {
            case .activity: break
            case .composite where slot.retrying?.isActivity == true: break
            case .composite, .subOrchestration, .timer, .event, .entity: continue
            }
            slot.hasLostRace = true
            hasLosers = true
        }
    }

    /// Cancels the activities that have lost a race, in the order of their numbers: the code that could have awaited
    /// them has ended, and they must not keep its execution open. A generation that continues leaves them running.
    func cancelLosers() {
        switch body {
        case .returned, .threw: break
        case .waiting, .running, .continuing, .faulted: return
        }
        for (_, slot) in open.sorted(by: { $0.key < $1.key }) {
            if slot.kind == .activity, slot.hasLostRace { cancelActivity(slot) }
            if let retry = slot.retry, retry.task.hasLostRace { retry.cancel() }
        }
    }
}
