import AMQPMessages
import Warren
package import WarrenMessaging

/// Controls an instance: terminates, suspends, resumes or purges it.
extension ControlCommand: PartitionCommand {
    package var crashSubject: String? { instanceID }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add(verb.rawValue)
        hash.add(instanceID)
        hash.add(context)
        return hash.result
    }

    enum Found {
        case repeated(PriorMessage)
        case unknown
        case instance(InstanceState)
        case purge(InstanceState, Purging)
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        let prior = try state.prior(context)
        guard prior == .none else { return .repeated(prior) }
        guard let instance = try state.instance(instanceID) else { return .unknown }
        switch verb {
        case .purge where instance.record.status.isTerminal:
            return .purge(instance, try state.resolvePurge(of: instance))
        case .terminate where !instance.record.status.isTerminal && frame.beginning != instance.record.key:
            // If the history is damaged, the instance fails first, and the command finds it ended.
            try state.loadTasks(of: instance)
            try state.loadWaiters(of: instance, frame)
        case .suspend, .resume: if !instance.record.status.isTerminal { try state.requireIdle(instance) }
        case .terminate, .purge: break
        }
        return .instance(instance)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        var letter: InboundMessage? { context.deadLetter(frame.source) }
        switch found {
        case .repeated(let prior):
            step.answer(
                prior, context, instanceID: instanceID, source: letter, refusedBefore: .unknownInstance, frame)
        case .unknown:
            // A purged parent does not wait for an answer.
            if verb == .purge, parent != nil { return }
            step.refuse(.unknown(instanceID), source: letter, reply: context.reply, frame)
        case .purge(let instance, let purging): purge(instance, purging, &state, &step, frame)
        case .instance(let instance) where verb == .purge:
            if parent != nil { return }
            step.refuse(.notFinished(instance.record), source: letter, reply: context.reply, frame)
        case .instance(let instance) where instance.record.status.isTerminal:
            step.refuse(.finished(instance.record), source: letter, reply: context.reply, frame)
        case .instance(let instance) where frame.beginning == instance.record.key:
            // The instance was suspended and resumed before it began; its history records both.
            step.happen(
                verb == .suspend ? .executionSuspended(reason: reason) : .executionResumed(reason: reason),
                to: instance)
        case .instance(let instance) where instance.isWaitingForStart && verb != .terminate:
            steerBeforeStart(instance, &state, &step, frame)
        case .instance(let instance):
            state.note(context, instanceID: instanceID, &step)
            acknowledge(instance, &step, frame)
            switch verb {
            case .terminate: state.terminate(instance, reason: reason, &step, frame)
            case .suspend: step.suspend(instance, reason: reason, frame)
            case .resume: step.resume(instance, reason: reason, frame)
            case .purge: break  // Above: it is for ended instances.
            }
        }
    }

    /// Replies to the publisher that the message was taken, and whether it changes anything.
    private func acknowledge(_ instance: InstanceState, _ step: inout Step, _ frame: Frame) {
        let isSuspended = instance.record.status == .suspended
        let changes =
            switch verb {
            case .suspend: !isSuspended
            case .resume: isSuspended
            case .terminate, .purge: true
            }
        step.accept(
            context, instanceID: instanceID, unchanged: changes ? nil : instance.record.status, frame)
    }

    /// Suspends or resumes an instance that has not begun. It begins at its scheduled time, or when it is resumed after
    /// that.
    private func steerBeforeStart(
        _ instance: InstanceState, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        guard let startAt = instance.record.scheduledStart else { return }
        let isSuspended = instance.record.status == .suspended
        guard isSuspended == (verb == .resume) else {
            state.note(context, instanceID: instanceID, &step)
            return acknowledge(instance, &step, frame)
        }
        // The command is kept for the history, which begins with the start.
        guard state.holdUntilStart(.control(self), of: instance, &step, frame) else { return }
        instance.record.status = isSuspended ? .pending : .suspended
        instance.record.condition.suspension =
            isSuspended ? nil : Suspension(cause: .byOperator, reason: reason, since: step.now)
        instance.record.lastUpdatedAt = max(step.now, instance.record.lastUpdatedAt)
        var messages: [OutboundMessage] = []
        instance.announce(isSuspended ? .pending : .suspended, &messages, frame)
        step.unattached += messages
        step.write(instance)
        guard isSuspended else { return }
        if startAt <= step.now {
            state.beginScheduled(instance, &step)
        } else {
            // The alarm may have fired meanwhile, if the clock has been put back since.
            state.deadlines.setAgain(instance.record.timer(-1), at: startAt)
        }
    }
}
