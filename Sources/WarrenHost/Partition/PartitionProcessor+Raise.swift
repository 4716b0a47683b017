import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// External events and operators' commands.
extension PartitionProcessor {
    func raise(_ command: RaiseCommand, from source: InboundMessage?, _ batch: inout StepBatch) throws {
        let letter = command.context.deadLetter(source)
        if try isRepeated(command.context, instanceID: command.instanceID, from: letter, &batch) { return }
        guard let state = try find(command.instanceID) else {
            if command.context.holdLimit == 0 {
                try noteRefused(command.context, &batch)
                refuse(.unknown(command.instanceID), source: letter, reply: command.context.reply, &batch)
                return
            }
            // The event may have overtaken the start that it belongs to.
            try hold(
                .raise(command), from: source, for: "instance:\(command.instanceID)",
                setup.configuration.earlyEventGrace, &batch)
            return
        }
        guard !state.record.status.isTerminal else {
            refuse(.finished(state.record), source: letter, reply: command.context.reply, &batch)
            return
        }
        if state.isWaitingForStart {
            try holdUntilStart(.raise(command), from: source, of: state, &batch)
            return
        }
        note(command.context, instanceID: command.instanceID, &batch)
        accept(command.context, instanceID: command.instanceID, &batch)
        happen(.eventRaised(name: command.eventName, input: command.payload), to: state, &batch)
    }

    func control(_ command: ControlCommand, from source: InboundMessage?, _ batch: inout StepBatch) throws {
        let letter = command.context.deadLetter(source)
        if try isRepeated(command.context, instanceID: command.instanceID, from: letter, &batch) { return }
        if command.verb == .purge { return try purge(command, from: letter, &batch) }
        guard let state = try find(command.instanceID) else {
            refuse(.unknown(command.instanceID), source: letter, reply: command.context.reply, &batch)
            return
        }
        guard !state.record.status.isTerminal else {
            refuse(.finished(state.record), source: letter, reply: command.context.reply, &batch)
            return
        }
        if state.isBeginning {
            // It was suspended and resumed before it began; its history says so.
            let event: HistoryEvent =
                command.verb == .suspend
                ? .executionSuspended(reason: command.reason) : .executionResumed(reason: command.reason)
            return happen(event, to: state, &batch)
        }
        if state.isWaitingForStart, command.verb != .terminate {
            return try steerBeforeStart(command, from: source, state, &batch)
        }
        // Before anything is answered: if the history is damaged, the instance fails, and the command finds it ended.
        if command.verb == .terminate { try loadTasks(of: state) }
        note(command.context, instanceID: command.instanceID, &batch)
        acknowledge(command, state, &batch)
        switch command.verb {
        case .terminate: try terminate(state, reason: command.reason, &batch)
        case .suspend: suspend(state, reason: command.reason, &batch)
        case .resume: resume(state, reason: command.reason, &batch)
        case .purge: break  // Above: it is for ended instances.
        }
    }

    /// Answers the publisher of a control message: that it was taken, and whether that changes anything.
    private func acknowledge(_ command: ControlCommand, _ state: InstanceState, _ batch: inout StepBatch) {
        let isSuspended = state.record.status == .suspended
        let changes =
            switch command.verb {
            case .suspend: !isSuspended
            case .resume: isSuspended
            case .terminate, .purge: true
            }
        accept(
            command.context, instanceID: command.instanceID, unchanged: changes ? nil : state.record.status, &batch)
    }

    /// Suspends or resumes an instance that has not begun. It begins at its time, or when it is resumed after that.
    private func steerBeforeStart(
        _ command: ControlCommand, from source: InboundMessage?, _ state: InstanceState, _ batch: inout StepBatch
    ) throws {
        guard let startAt = state.record.scheduledStart else { return }
        let isSuspended = state.record.status == .suspended
        guard isSuspended == (command.verb == .resume) else {
            note(command.context, instanceID: command.instanceID, &batch)
            return acknowledge(command, state, &batch)
        }
        // For the history, which begins with the start.
        guard try holdUntilStart(.control(command), from: source, of: state, &batch) else { return }
        state.record.status = isSuspended ? .pending : .suspended
        state.record.lastUpdatedAt = max(batch.now, state.record.lastUpdatedAt)
        var messages: [OutboundMessage] = []
        announce(state, isSuspended ? .pending : .suspended, &messages)
        batch.loose += messages
        write(state, &batch)
        guard isSuspended else { return }
        if startAt <= batch.now {
            try scheduledStart(of: state, &batch)
        } else {
            // The alarm may have rung meanwhile, if the clock went back since.
            let key = TimerRow.Key(instance: state.record.key, generation: state.record.generation, id: -1)
            alarms.set(.timer(key), at: startAt)
        }
    }

    private func terminate(_ state: InstanceState, reason: String?, _ batch: inout StepBatch) throws {
        try loadTasks(of: state)
        let time = max(batch.now, state.record.lastUpdatedAt)
        let output = reason.map { setup.wire.json($0) } ?? .null
        // What came in this round before the command is recorded, but not run any more.
        var events = [HistoryEvent.orchestratorStarted(time)] + state.newEvents
        events.append(.executionTerminated(reason: reason))
        events.append(.executionCompleted(.terminated, output: output, failure: nil))
        state.record.lastUpdatedAt = time
        var messages: [OutboundMessage] = []
        finish(state, .terminated, output: output, failure: nil, &messages, &batch)
        append(events, to: state, &batch)
        write(state, &batch)
        addRow(messages, &batch)
    }

    private func suspend(_ state: InstanceState, reason: String?, _ batch: inout StepBatch) {
        guard state.record.status != .suspended else { return }
        happen(.executionSuspended(reason: reason), to: state, &batch)
        state.record.status = .suspended
        var messages: [OutboundMessage] = []
        announce(state, .suspended, &messages)
        batch.loose += messages
    }

    private func resume(_ state: InstanceState, reason: String?, _ batch: inout StepBatch) {
        guard state.record.status == .suspended else { return }
        happen(.executionResumed(reason: reason), to: state, &batch)
        state.record.status = .running
        var messages: [OutboundMessage] = []
        announce(state, .running, &messages)
        batch.loose += messages
    }

    /// Whether a message under this key came before; then it is answered or refused here.
    private func isRepeated(
        _ context: CommandContext, instanceID: String, from source: InboundMessage?, _ batch: inout StepBatch
    ) throws -> Bool {
        switch try priorMessage(context) {
        case .none: return false
        case .same: accept(context, instanceID: instanceID, &batch)
        case .refused: refuse(.refusedBefore(.unknownInstance), source: source, reply: context.reply, &batch)
        case .other: refuse(.duplicateID(context), source: source, reply: context.reply, &batch)
        }
        return true
    }

    /// Answers the publisher of a command, if it wants to know that the command was taken.
    ///
    /// - Parameter unchanged: where the instance stands, if the command changes nothing.
    func accept(
        _ context: CommandContext, instanceID: String, unchanged: RuntimeStatus? = nil, _ batch: inout StepBatch
    ) {
        guard let reply = context.reply, reply.mode != .none else { return }
        let body = setup.wire.accepted(instanceID, unchanged: unchanged)
        batch.loose.append(
            setup.wire.reply(ReplyMessage(address: reply, status: .accepted, instanceID: instanceID, body: body)))
    }
}

extension Refusal {
    static func finished(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceFinished,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): nothing can reach it any more.")
    }

    static func unknown(_ instanceID: String) -> Refusal {
        Refusal(
            .unknownInstance,
            "There is no instance '\(instanceID)' in this hub. Start it first, or check the instance ID.")
    }
}
