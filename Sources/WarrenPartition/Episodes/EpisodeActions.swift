import Warren
import WarrenMessaging

/// Carries out the actions that an orchestrator requests.
extension PartitionState {
    mutating func perform(
        _ action: OrchestratorAction, of instance: InstanceState, time: Timestamp,
        _ messages: inout [OutboxMessage], _ step: inout Step, _ frame: Frame
    ) {
        let record = instance.record
        switch action {
        case .scheduleTask(let id, let name, let input, let terms):
            if knownActivities.insert(name).inserted { step.calledActivities.append(name) }
            var call = OpenTasks.ActivityCall(name: name, input: input, terms: terms)
            if terms.retryOf != nil, case .activity(let open) = instance.open[id] {
                call.previousHeartbeat = open.previousHeartbeat
            }
            let trace = step.trace(.call(name: name, taskID: id), of: record, links: instance.causes, frame)
            messages.append(
                terms.needsPermit
                    ? frame.permitRequest(id, call, of: record)
                    : .encoded(frame.workItem(id, call, dispatch: 1, of: record, in: trace, carriedBy: &step)))
            deadlines.setLimits(of: id, terms, dispatch: 1, of: record, now: step.now, &step.commit)
        case .cancelTask: break  // Done before its event was tracked: see `PartitionMachine.applyOutcome`.
        case .createSubOrchestration(let id, let name, let instanceID, let input, let version):
            let parent = ParentInstance(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
            let command = StartCommand(
                name: name, instanceID: instanceID, input: input, ifExists: .restart, tags: record.tags,
                parent: parent, version: version,
                context: CommandContext(
                    trace: step.trace(
                        .start(name: name, instanceID: instanceID), of: record, links: instance.causes, frame)))
            messages.append(frame.wire.outboxMessage(.start(command), to: instanceID))
        case .startOrchestration(let id, let name, let instanceID, let input, let startAt, let version):
            let command = StartCommand(
                name: name, instanceID: instanceID, input: input, startAt: startAt, version: version,
                context: CommandContext(
                    messageKey: "start:\(record.executionID):\(id)",
                    trace: step.trace(
                        .start(name: name, instanceID: instanceID), of: record, links: instance.causes, frame)))
            messages.append(frame.wire.outboxMessage(.start(command), to: instanceID))
        case .sendEvent(let id, let instanceID, ScheduleKeeper.terminateEvent, let reason):
            let command = ControlCommand(
                instanceID: instanceID, verb: .terminate, reason: (try? JSONNode(reason))?.string,
                context: CommandContext(messageKey: "send:\(record.executionID):\(id)"))
            messages.append(frame.wire.outboxMessage(.control(command), to: instanceID))
        case .sendEvent(let id, let instanceID, let name, let input):
            let command = RaiseCommand(
                instanceID: instanceID, eventName: name, payload: input,
                context: CommandContext(
                    messageKey: "send:\(record.executionID):\(id)",
                    trace: step.trace(
                        .event(name: name, targetID: instanceID), of: record, links: instance.causes, frame)))
            messages.append(frame.wire.outboxMessage(.raise(command), to: instanceID))
        case .createTimer(let id, let fireAt, _):
            deadlines.setTimer(record.timer(id), at: fireAt, &step.commit)
        case .setTag(let name, let value):
            instance.record.tags[name] = value
            // Labels are written only with the whole row.
            if instance.isStored { instance.isNewGeneration = true }
        case .markPatch: break  // It is only recorded.
        case .cancelTimer(let id):
            if instance.open.cancel(id) { deadlines.removeTimer(record.timer(id), &step.commit) }
        case .setAsideEvent(let name, let input, let reason):
            messages.append(
                frame.wire.deadLetter(
                    ofEvent: name, input, to: record.instanceID, because: reason, partition: frame.rules.partition,
                    at: time))
        case .printLine(let number, let level, let text):
            messages.append(
                frame.wire.console(
                    ConsoleMessage(
                        text: text, level: level, instanceID: record.instanceID, executionID: record.executionID,
                        orchestration: record.name, number: "c\(number)", at: time)))
        }
    }
}
