import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Starting instances.
extension PartitionProcessor {
    func start(_ command: StartCommand, from source: InboundMessage?, _ batch: inout StepBatch) throws {
        let letter = command.context.deadLetter(source)
        switch try priorMessage(command.context) {
        case .none: break
        case .same(let instanceID):
            if let state = try find(instanceID) {
                try acknowledgeStart(command, state, &batch)
            } else {
                // Purged since. What was done once is not done again; who asks is told, and nothing is dead.
                refuse(.purged(instanceID), source: nil, reply: command.context.reply, &batch)
            }
            return
        case .refused:
            refuse(
                .refusedBefore(.unknownOrchestration), source: letter, reply: command.context.reply, &batch)
            return
        case .other:
            refuse(.duplicateID(command.context), source: letter, reply: command.context.reply, &batch)
            return
        }
        if let state = try find(command.instanceID) {
            try startExisting(command, state, from: source, &batch)
            return
        }
        if let call = command.parent, try wasTaken(call) { return }
        guard setup.runner.runs(command.name) else {
            try hold(
                .start(command), from: source, for: "orchestration:\(command.name)",
                setup.configuration.unknownOrchestrationGrace, &batch)
            return
        }
        lastInstanceKey += 1
        let state = InstanceState(
            record: InstanceRecord(
                key: lastInstanceKey, instanceID: command.instanceID, executionID: ExecutionID.make(),
                name: command.name, createdAt: batch.now, lastUpdatedAt: batch.now, input: command.input,
                parent: command.parent, tags: command.tags),
            isStored: false)
        state.isLoaded = true
        cache.insert(state)
        try begin(state, command, &batch)
        try releaseHeld(for: "instance:\(command.instanceID)", &batch)
    }

    private func startExisting(
        _ command: StartCommand, _ state: InstanceState, from source: InboundMessage?, _ batch: inout StepBatch
    ) throws {
        let record = state.record
        if let call = command.parent, try record.parent == call || wasTaken(call) {
            return  // The same call again: its answer has been sent, or will be.
        }
        if command.ifExists == .restart, record.status.isTerminal, command.mayReplace(record) {
            guard setup.runner.runs(command.name) else {
                try hold(
                    .start(command), from: source, for: "orchestration:\(command.name)",
                    setup.configuration.unknownOrchestrationGrace, &batch)
                return
            }
            try note(record.parent, instanceID: record.instanceID, &batch)
            renew(state, input: command.input, &batch)
            state.record.name = command.name
            state.record.status = .pending
            state.record.createdAt = batch.now
            state.record.lastUpdatedAt = max(batch.now, record.lastUpdatedAt)
            state.record.completedAt = nil
            state.record.output = nil
            state.record.failure = nil
            state.record.customStatus = nil
            state.record.parent = command.parent
            state.record.tags = command.tags
            state.record.scheduledStart = nil
            try begin(state, command, &batch)
            return
        }
        if let parent = command.parent {
            let failure = FailureDetails(
                type: "InstanceExists",
                message: "The sub-orchestration '\(command.instanceID)' cannot start: an instance with that ID is "
                    + "\(record.status.rawValue). Choose another ID.",
                isNonRetriable: true)
            try refuse(parent, instanceID: command.instanceID, failure, &batch)
            return
        }
        if command.ifExists == .ignore {
            note(command.context, instanceID: command.instanceID, &batch)
            var messages: [OutboundMessage] = []
            announce(state, .startIgnored, &messages)
            batch.loose += messages
            try acknowledgeStart(command, state, &batch)
            return
        }
        let remedy = record.status.isTerminal ? "Use another ID, or if-exists 'restart'." : "Use another ID."
        refuse(
            Refusal(
                .instanceExists,
                "The instance '\(command.instanceID)' exists and is \(record.status.rawValue). \(remedy)"),
            source: command.context.deadLetter(source), reply: command.context.reply, &batch)
    }

    private func begin(_ state: InstanceState, _ command: StartCommand, _ batch: inout StepBatch) throws {
        let record = state.record
        note(command.context, instanceID: record.instanceID, &batch)
        try acknowledgeStart(command, state, &batch)
        let event = HistoryEvent.executionStarted(
            ExecutionStarted(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID,
                input: command.input, parent: command.parent, tags: command.tags, scheduledStart: command.startAt))
        guard let startAt = command.startAt, startAt > batch.now else {
            state.startSubject = command.suspicionSubject
            happen(event, to: state, &batch)
            return
        }
        state.record.scheduledStart = startAt
        setTimer(-1, of: state, at: startAt, &batch)
        var messages: [OutboundMessage] = []
        announce(state, .pending, &messages)
        batch.loose += messages
        write(state, &batch)
    }

    /// The time for which a start was scheduled has come.
    func scheduledStart(of state: InstanceState, _ batch: inout StepBatch) throws {
        let record = state.record
        // A suspended one begins when it is resumed. Its timer's row stays until then: if the clock goes back meanwhile, a
        // host that starts has to know of it.
        guard state.isWaitingForStart, record.status != .suspended else { return }
        removeTimer(-1, of: state, &batch)
        state.isLoaded = true
        happen(
            .executionStarted(
                ExecutionStarted(
                    name: record.name, instanceID: record.instanceID, executionID: record.executionID,
                    input: record.input, parent: record.parent, tags: record.tags,
                    scheduledStart: record.scheduledStart)),
            to: state, &batch)
        state.isBeginning = true
        defer { state.isBeginning = false }
        try releaseHeld(for: "started:\(record.instanceID)", &batch)
    }

    /// Answers who started the instance: that it is accepted, and when it ends how.
    private func acknowledgeStart(
        _ command: StartCommand, _ state: InstanceState, _ batch: inout StepBatch
    ) throws {
        guard let reply = command.context.reply else { return }
        if reply.mode == .accepted || reply.mode == .both {
            let body = setup.wire.accepted(state.record.instanceID)
            batch.loose.append(
                setup.wire.reply(
                    ReplyMessage(
                        address: reply, status: .accepted, instanceID: state.record.instanceID, body: body)))
        }
        guard reply.mode == .completed || reply.mode == .both else { return }
        if state.record.status.isTerminal {
            batch.loose.append(setup.wire.reply(setup.wire.endReply(state.record, to: reply)))
        } else {
            try addWaiter(reply, to: state, &batch)
        }
    }

    /// Tells a parent that its sub-orchestration failed before it began.
    func fail(_ parent: ParentInstance, _ failure: FailureDetails, _ batch: inout StepBatch) {
        batch.loose.append(
            setup.wire.encode(
                .childCompleted(ChildCompletedCommand(parent: parent, result: .failed(failure))),
                to: parent.instanceID))
    }
}

extension StartCommand {
    /// Whether the ended instance may give its ID to this one: a start from outside says what it wants, and a
    /// sub-orchestration replaces only what the same parent instance, in whichever generation, had called before.
    fileprivate func mayReplace(_ record: InstanceRecord) -> Bool {
        guard let parent else { return true }
        return record.parent?.instanceID.isExactly(parent.instanceID) ?? false
    }
}
