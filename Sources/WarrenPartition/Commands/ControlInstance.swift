import AMQPMessages
import Warren
package import WarrenMessaging

/// Controls an instance: terminates, suspends, resumes, rewinds, resets, restarts or purges it.
///
/// A command may come from an operator, or be passed on by the instance that called this one. The second kind concerns
/// only the child of exactly that call, and nobody waits for an answer.
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
        /// There is no such instance. `isCallTaken`: whether the call that the child would have answered is noted.
        case unknown(isCallTaken: Bool)
        case instance(InstanceState)
        case purge(InstanceState, Purging)
        case rewind(InstanceState, HistoryCut)
        /// The cut is `nil` if the history has no event of that number; `count` is the number of its events.
        case reset(InstanceState, HistoryCut?, count: Int)
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        let prior = try state.prior(context)
        guard prior == .none else { return .repeated(prior) }
        guard let instance = try state.instance(instanceID) else {
            return .unknown(isCallTaken: verb == .terminate ? try state.wasTaken(parent) : false)
        }
        let record = instance.record
        if let parent, record.parent != parent { return .instance(instance) }
        switch verb {
        case .purge where record.status.isTerminal:
            return .purge(instance, try state.resolvePurge(of: instance, isRecursive: isRecursive))
        case .rewind where record.status == .failed && !state.hasLostHistory(instance):
            return .rewind(instance, try state.resolveRewind(of: instance, frame))
        case .reset where !instance.isWaitingForStart && record.status != .pending && !state.hasLostHistory(instance):
            let history = try state.wholeHistory(of: instance)
            let cut = HistoryCut.before(beforeEvent ?? 0, history, dropsEvents: dropsEvents)
            return .reset(instance, cut, count: history.count)
        case .terminate where !record.status.isTerminal && frame.beginning != record.key:
            // If the history is damaged, the instance fails first, and the command finds it ended.
            try state.loadTasks(of: instance)
            try state.loadWaiters(of: instance, frame)
        case .suspend, .resume:
            if !record.status.isTerminal {
                try state.requireIdle(instance)
                if isRecursive { try state.loadTasks(of: instance) }
            }
        case .terminate, .purge, .rewind, .reset, .restart: break
        }
        return .instance(instance)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        var letter: InboundMessage? { context.deadLetter(frame.source) }
        switch found {
        case .repeated(let prior):
            step.answer(
                prior, context, instanceID: instanceID, source: letter, refusedBefore: .unknownInstance, frame)
        case .unknown(let isCallTaken):
            guard parent == nil else {
                // The call may be on its way, or wait for a host that knows its orchestration: it must not start a child
                // that nobody waits for. A purged parent does not call any more.
                if verb == .terminate { state.note(parent, isNoted: isCallTaken, instanceID: instanceID, &step) }
                return
            }
            step.refuse(.unknown(instanceID), source: letter, reply: context.reply, frame)
        case .purge(let instance, let purging): purge(instance, purging, &state, &step, frame)
        case .rewind(let instance, let cut) where cut.holdsEntities: refuseHolding(instance, &step, frame)
        case .reset(let instance, let cut?, _) where cut.holdsEntities: refuseHolding(instance, &step, frame)
        case .rewind(let instance, let cut): rewind(instance, cut, &state, &step, frame)
        case .reset(let instance, let cut?, _): reset(instance, cut, &state, &step, frame)
        case .reset(_, nil, let count):
            step.refuse(.noSuchEvent(beforeEvent, of: count), source: letter, reply: context.reply, frame)
        case .instance(let instance) where parent != nil && (instance.record.parent != parent || isRefused(instance)):
            break
        case .instance(let instance):
            if let refusal = refusal(of: instance) {
                return step.refuse(refusal, source: letter, reply: context.reply, frame)
            }
            steer(instance, &state, &step, frame)
        }
    }

    private func refuseHolding(_ instance: InstanceState, _ step: inout Step, _ frame: Frame) {
        guard parent == nil else { return }
        step.refuse(
            .holdsEntities(instance.record), source: context.deadLetter(frame.source), reply: context.reply, frame)
    }

    private func isRefused(_ instance: InstanceState) -> Bool { refusal(of: instance) != nil }

    /// The reason why the instance does not take the command as it is; `nil` if it does.
    private func refusal(of instance: InstanceState) -> Refusal? {
        let record = instance.record
        switch verb {
        case .purge: return record.status.isTerminal ? nil : .notFinished(record)
        case .restart: return record.status.isTerminal || newInstanceID != nil ? nil : .stillActive(record)
        case .rewind where record.status == .failed, .reset where record.status.isTerminal: return .lostHistory(record)
        case .rewind: return .notFailed(record)
        case .reset: return .notBegun(record)
        case .terminate, .suspend, .resume: return record.status.isTerminal ? .finished(record) : nil
        }
    }

    private func steer(
        _ instance: InstanceState, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        if frame.beginning == instance.record.key {
            // The instance was suspended and resumed before it began; its history records both.
            return step.happen(
                verb == .suspend ? .executionSuspended(reason: reason) : .executionResumed(reason: reason),
                to: instance)
        }
        if verb == .restart { return restart(instance, &state, &step, frame) }
        if instance.isWaitingForStart, verb != .terminate { return steerBeforeStart(instance, &state, &step, frame) }
        state.note(context, instanceID: instanceID, &step)
        acknowledge(instance, &step, frame)
        if isRecursive { step.passOn(verb, reason: reason, toChildrenOf: instance, frame) }
        switch verb {
        case .terminate: state.terminate(instance, reason: reason, &step, frame)
        case .suspend: step.suspend(instance, reason: reason, frame)
        case .resume: step.resume(instance, reason: reason, frame)
        case .purge, .rewind, .reset, .restart: break  // Above.
        }
    }

    /// Replies to the publisher that the message was taken, and whether it changes anything.
    private func acknowledge(_ instance: InstanceState, _ step: inout Step, _ frame: Frame) {
        let isSuspended = instance.record.status == .suspended
        let changes =
            switch verb {
            case .suspend: !isSuspended
            case .resume: isSuspended
            case .terminate, .purge, .rewind, .reset, .restart: true
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
        var messages: [OutboxMessage] = []
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
