extension OrchestratorCore {
    /// Applies events in order, each followed by all work that it causes.
    ///
    /// - Returns: The events that arrived after the execution was decided.
    func process(_ events: [HistoryEvent]) -> [HistoryEvent] {
        var left: [HistoryEvent] = []
        for event in events {
            if isDecided {
                left.append(event)
            } else {
                left += step(event)
            }
        }
        return left
    }

    private func step(_ event: HistoryEvent) -> [HistoryEvent] {
        switch event {
        case .orchestratorStarted(let time):
            now = time
            askedThisEpisode = 0
            return []
        case .executionRewound(let facts):
            // Actions from here on are those of another execution, and must not find the children of the former one.
            entities?.goOn(after: executionID)
            executionID = facts.executionID
            return []
        case .executionSuspended:
            isSuspended = true
            return []
        case .executionResumed:
            isSuspended = false
            let events = held
            held = []
            return process(events)
        default:
            guard !isSuspended else {
                // The caller of an update does not wait for a resume.
                if case .updateAccepted(let id, _, _) = event {
                    updateOutcomes.append(UpdateOutcome(id: id, result: .suspended))
                } else {
                    held.append(event)
                }
                return []
            }
            let hasEffect = apply(event)
            drain()
            if hasEffect, handlers != nil { settleConditions() }
            checkForStrangers()
            return []
        }
    }

    /// - Returns: whether the event can have changed anything: an update that is refused has not.
    private func apply(_ event: HistoryEvent) -> Bool {
        switch event {
        case .updateAccepted(let id, let name, let input): return receive(update: id, name, input)
        case .taskCompleted(let id, let result): settle(id, .activity, .result(result))
        case .taskFailed(let id, let failure): fail(id, .activity, .activity, failure)
        // The code has given it up before, unless a worker made up this failure.
        case .taskCanceled(let id): fail(id, .activity, .activity, .canceledTask)
        case .subOrchestrationCompleted(let id, let result): settle(id, .subOrchestration, .result(result))
        case .subOrchestrationFailed(let id, let failure): fail(id, .subOrchestration, .subOrchestration, failure)
        case .timerFired(let id): settle(id, .timer, .fired)
        case .eventRaised(let name, let input, let trace):
            if entities != nil, receiveAnswer(name, input) { break }
            passOn(pendingEvents.receive(RaisedEvent(name: name, input: input, trace: trace), codec))
        case .orchestratorStarted, .executionStarted, .executionSuspended, .executionResumed, .executionTerminated,
            .executionRewound, .taskScheduled, .taskHeartbeat, .subOrchestrationCreated, .timerCreated, .eventSent,
            .orchestrationStarted, .patchMarked, .updateCompleted, .tagSet, .continuedAsNew, .executionCompleted:
            break
        }
        return true
    }

    /// Settles an open task. An answer to no open task is a duplicate, or arrived after a cancellation: it is ignored.
    private func settle(_ id: Int, _ kind: TaskSlot.Kind, _ outcome: TaskSlot.Outcome) {
        guard let slot = open[id], slot.kind == kind else { return }
        open[id] = nil
        settle(slot, outcome)
    }

    private func fail(_ id: Int, _ kind: TaskSlot.Kind, _ failed: TaskFailure.Kind, _ details: FailureDetails) {
        guard let slot = open[id], slot.kind == kind else { return }
        open[id] = nil
        settle(slot, .failed(TaskFailure(kind: failed, name: slot.name, number: id, details: details)))
    }

    /// Sets the outcome of a task and resumes the code that waits for it.
    func settle(_ slot: TaskSlot, _ outcome: TaskSlot.Outcome) {
        guard slot.outcome == nil else { return }
        slot.outcome = outcome
        settledCount += 1
        slot.settledOrder = settledCount
        if let retry = slot.retry {
            slot.retry = nil
            retry.settled(slot)
        }
        slot.takeWaiters { waiter in
            guard !waiter.isSettled else { return }
            if waiter.winner == nil { waiter.winner = slot }
            waiter.remaining -= 1
            if waiter.remaining == 0 { resume(waiter) }
        }
    }
}
