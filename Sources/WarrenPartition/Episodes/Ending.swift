import Warren
import WarrenMessaging

/// Ends instances, and begins their next generations.
extension PartitionState {
    /// Ends the instance. The caller records the event and writes the row; all callers that wait for the end have been
    /// read.
    mutating func finish(
        _ instance: InstanceState, _ status: RuntimeStatus, output: Payload?, failure: FailureDetails?,
        _ messages: inout [OutboxMessage], _ step: inout Step, _ frame: Frame
    ) {
        cancelActivities(of: instance, &messages, frame)
        dropAlarms(of: instance, &step)
        if isAwaited(instance) {
            if let flight = instance.inFlight { step.cancelled.append(flight.ticket) }
            instance.episodeRow = instance.record.episodeTimer
            endFlight(of: instance, &step)
        }
        // This work finds an instance that has ended.
        step.resumed += instance.waiting
        instance.waiting = []
        instance.recorded = nil
        messages += frame.releases(of: instance)
        instance.open.end()
        instance.newEvents = []
        step.unwind(instance)
        instance.record.status = status
        if !instance.updates.isEmpty { refuseUpdates(of: instance, &step, frame) }
        if !instance.record.waiters.isEmpty { step.abandonUpdates(of: instance, frame) }
        instance.record.output = output
        instance.record.failure = failure
        instance.record.completedAt = instance.record.lastUpdatedAt
        instance.record.eventWaits = []
        instance.record.conditionBytes = []
        step.traceGeneration(of: instance, status, failure, frame)
        if let parent = instance.record.parent {
            messages.append(
                frame.wire.outboxMessage(
                    .childCompleted(
                        ChildCompletedCommand(parent: parent, result: TaskOutcome(endOf: instance.record))),
                    to: parent.instanceID))
        }
        step.answerWaiters(of: instance, &messages, frame)
        if let event = LifecycleEvent(end: status) { instance.announce(event, &messages, frame) }
        if status == .failed { step.observe(.instanceFailed(instance.record)) }
    }

    /// Makes the instance a new execution without a history. A suspension stays.
    mutating func renew(_ instance: InstanceState, input: Payload, _ step: inout Step) {
        dropAlarms(of: instance, &step)
        step.unwind(instance)
        instance.open = OpenTasks()
        instance.unrunRows = []
        if instance.recorded != nil { instance.recorded = [] }
        instance.record.generation += 1
        instance.record.executionID = newExecutionID()
        instance.record.input = input
        instance.record.episodes = 0
        instance.record.eventWaits = []
        if !instance.record.conditionBytes.isEmpty { instance.record.condition.bodyEnd = nil }
        instance.isNewGeneration = true
        instance.isLoaded = true
    }

    /// Removes the timers and leases of the present generation.
    private mutating func dropAlarms(of instance: InstanceState, _ step: inout Step) {
        deadlines.drop(instance.open, of: instance.record, &step.commit)
        guard instance.record.scheduledStart != nil, instance.record.episodes == 0 else { return }
        deadlines.removeTimer(instance.record.timer(-1), &step.commit)
        // Messages that were kept for this start must not reach the next one.
        dropHeld(for: HeldSubject.start(of: instance.record.instanceID), &step)
    }
}

extension TaskOutcome {
    /// Builds the report of how a sub-orchestration ended, for its parent.
    init(endOf record: InstanceRecord) {
        switch record.status {
        case .completed: self = .completed(record.output ?? .null)
        case .terminated:
            self = .failed(
                FailureDetails(
                    type: "OrchestrationTerminated",
                    message: "The sub-orchestration '\(record.instanceID)' was terminated"
                        + (record.output.map { ": \($0.json)" } ?? ".")))
        default:
            self = .failed(
                record.failure
                    ?? FailureDetails(type: "OrchestrationFailed", message: "The sub-orchestration failed."))
        }
    }
}
