import Warren
import WarrenMessaging

/// Makes an instance go on from an earlier point of its history, as a new execution.
extension PartitionState {
    /// Finds how an instance that failed, or was terminated, can be rewound.
    func resolveRewind(of instance: InstanceState, _ frame: Frame) throws(Unresolved) -> HistoryCut {
        let catalog = frame.catalog
        let (name, version) = (instance.record.name, instance.record.version)
        return HistoryCut.rewinding(try wholeHistory(of: instance)) { history in
            catalog.follows(history, name: name, version: version)
        }
    }

    /// The reasons and the addressee of what an execution goes on for.
    struct GoingOn {
        var reason: String?
        /// For a reset: the event's number.
        var beforeEvent: Int?
        /// The call that the instance answers from now on, if another one than before.
        var parent: ParentInstance?
        /// How the children that are waited for join the new execution.
        var children: StartCommand.ExistingPolicy
    }

    /// Makes the instance a new execution that has the kept history, and runs it.
    ///
    /// The steps: 1. the former execution ends, without an answer to anybody; 2. the row becomes that of the new one;
    /// 3. the kept history is written as its own; 4. what is open in it is asked for again: activities are dispatched,
    /// timers set, and children join; 5. the code runs, with what happens again.
    mutating func goOn(
        _ instance: InstanceState, _ cut: HistoryCut, _ how: GoingOn, _ step: inout Step, _ frame: Frame
    ) {
        let former = instance.record.executionID
        let wasSuspended = instance.record.status == .suspended
        // 1. No executor has it: its whole history was read. Its workers are told to stop: their answers are for nobody.
        var stops: [OutboxMessage] = []
        cancelActivities(of: instance, &stops, frame)
        step.unattached += stops
        renew(instance, input: instance.record.input, &step)
        // 2.
        let time = max(step.now, instance.record.lastUpdatedAt)
        instance.record.lastUpdatedAt = time
        instance.record.completedAt = nil
        instance.record.output = nil
        instance.record.failure = nil
        instance.record.tags = cut.tags ?? instance.record.tags
        instance.record.parent = how.parent ?? instance.record.parent
        instance.record.status = cut.hasBegun ? .running : .pending
        if !cut.hasBegun { instance.record.scheduledStart = nil }
        // 3.
        for episode in cut.kept { step.append(episode, to: instance) }
        let isInline = frame.catalog.isInline(instance.record.name)
        let kept = Array(cut.kept.joined())
        instance.recorded = isInline ? nil : kept
        instance.unplayed = isInline ? kept : nil
        // 4.
        let open = cut.open
        instance.open = open.tasks
        askAgain(open.tasks, open.calls, cut, of: instance, former: former, how, &step, frame)
        // 5.
        step.happen(
            .executionRewound(
                ExecutionRewound(
                    instanceID: instance.record.instanceID, executionID: instance.record.executionID,
                    formerExecutionID: former, parent: instance.record.parent, reason: how.reason,
                    beforeEvent: how.beforeEvent)), to: instance)
        var again = cut.again.map { $0.started(as: instance.record) }
        if !cut.hasBegun, !again.contains(where: \.isStart) {
            again.insert(.executionStarted(of: instance.record), at: 0)
        }
        for event in again { step.happen(event, to: instance) }
        // What an operator suspended stays suspended, wherever it goes on from.
        if wasSuspended, !cut.isSuspended { step.happen(.executionSuspended(reason: how.reason), to: instance) }
        var messages: [OutboxMessage] = []
        if wasSuspended || cut.isSuspended {
            instance.record.status = .suspended
            instance.announce(.suspended, &messages, frame)
        } else if cut.hasBegun {
            instance.announce(.running, &messages, frame)
        }
        step.unattached += messages
    }

    private mutating func askAgain(
        _ open: OpenTasks, _ calls: [Int: HistoryCut.Call], _ cut: HistoryCut,
        of instance: InstanceState, former: String, _ how: GoingOn, _ step: inout Step, _ frame: Frame
    ) {
        var later = open
        for event in cut.again { later.track(event) }
        let record = instance.record
        var messages: [OutboxMessage] = []
        for (id, task) in later.sorted {
            switch task {
            case .activity(let call):
                messages.append(
                    call.terms.needsPermit
                        ? frame.permitRequest(id, call, of: record)
                        : .encoded(frame.workItem(id, call, dispatch: 1, of: record, in: record.trace)))
                deadlines.setLimits(of: id, call.terms, dispatch: 1, of: record, now: step.now, &step.commit)
            case .timer(let fireAt, _): deadlines.setTimer(record.timer(id), at: fireAt, &step.commit)
            case .subOrchestration:
                guard let call = calls[id] else { break }
                var command = StartCommand(
                    name: call.name, instanceID: call.instanceID, input: call.input, ifExists: how.children,
                    tags: record.tags,
                    parent: ParentInstance(
                        name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: id),
                    version: call.version, context: CommandContext(trace: record.trace))
                command.formerExecutionID = former
                command.reason = how.reason
                step.carry(call.input, of: record.instanceID, to: call.instanceID)
                messages.append(frame.wire.outboxMessage(.start(command), to: call.instanceID))
            }
        }
        step.send(messages)
    }
}

extension HistoryEvent {
    fileprivate var isStart: Bool { if case .executionStarted = self { true } else { false } }

    /// The event as it happens again: an execution begins under its own ID.
    fileprivate func started(as record: InstanceRecord) -> HistoryEvent {
        guard case .executionStarted(var facts) = self else { return self }
        facts.executionID = record.executionID
        facts.parent = record.parent
        return .executionStarted(facts)
    }
}
