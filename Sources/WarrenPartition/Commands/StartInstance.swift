import Warren
package import WarrenMessaging
import WarrenSupport

/// Starts an instance.
extension StartCommand: PartitionCommand {
    /// The instance's ID. A start with neither ID nor message ID gets another random instance ID at every delivery; for
    /// such a start it is the hash of the request. `@` begins no instance ID.
    package var crashSubject: String? { startSubject }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("start")
        hash.add(startSubject)
        hash.add(context)
        return hash.result
    }

    private var startSubject: String {
        guard context.messageKey == nil, parent == nil else { return instanceID }
        return "@start:" + String(UInt64(bitPattern: context.bodyHash), radix: 16)
    }

    enum Found {
        /// A start that was received before, with its instance if that still exists.
        case repeated(PriorMessage, InstanceState?)
        /// A start with the ID of an existing instance.
        ///
        /// - `isCallTaken`: whether this start is a call that was taken before.
        /// - `isFormerNoted`: whether the call that the instance answers is noted.
        case existing(InstanceState, isCallTaken: Bool, isFormerNoted: Bool)
        case absent(isCallTaken: Bool)
        /// The child of an execution that another one has replaced, taking over its history.
        case rejoining(InstanceState, Rejoining)
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        let prior = try state.prior(context)
        switch prior {
        case .none: break
        case .same(let instanceID):
            let instance = try state.instance(instanceID)
            if let instance { try state.loadWaiters(of: instance, frame) }
            return .repeated(prior, instance)
        case .refused, .other: return .repeated(prior, nil)
        }
        guard let instance = try state.instance(instanceID) else {
            return .absent(isCallTaken: try state.wasTaken(parent))
        }
        try state.loadWaiters(of: instance, frame)
        if let rejoining = try resolveRejoining(instance, &state, frame) { return .rejoining(instance, rejoining) }
        if ifExists == .replaceAlways, !instance.record.status.isTerminal { try state.loadTasks(of: instance) }
        return .existing(
            instance, isCallTaken: try state.wasTaken(parent),
            isFormerNoted: replaces ? try state.wasTaken(instance.record.parent) : false)
    }

    /// Whether it takes the place of an instance that has ended.
    private var replaces: Bool {
        switch ifExists {
        case .restart, .replaceAlways, .rejoin, .rewind: true
        case .ignore, .fail: false
        }
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch found {
        case .repeated(.same(let instanceID), let instance):
            if let instance {
                state.acknowledge(self, instance, &step, frame)
            } else {
                // The instance was purged since. Completed work is not done again; the caller is answered, and no dead
                // letter is made.
                step.refuse(.purged(instanceID), source: nil, reply: context.reply, frame)
            }
        case .repeated(let prior, _):
            step.answer(
                prior, context, instanceID: instanceID, source: context.deadLetter(frame.source),
                refusedBefore: .unknownOrchestration, frame)
        case .existing(let instance, let isCallTaken, let isFormerNoted):
            startExisting(instance, isCallTaken: isCallTaken, isFormerNoted: isFormerNoted, &state, &step, frame)
        case .rejoining(let instance, let rejoining): rejoin(instance, rejoining, &state, &step, frame)
        case .absent(let isCallTaken):
            if isCallTaken { return }
            let (version, verdict) = frame.catalog.admission(of: name, version: version)
            if verdict.keepsStartWaiting { return wait(&state, &step, frame) }
            let instance = InstanceState(
                record: InstanceRecord(
                    key: state.nextInstanceKey(), instanceID: instanceID, executionID: state.newExecutionID(),
                    name: name, createdAt: step.now, lastUpdatedAt: step.now, input: input, parent: parent,
                    tags: tags, trace: context.trace, version: version),
                isStored: false)
            instance.isLoaded = true
            state.instances.insert(instance)
            begin(instance, &state, &step, frame)
            state.release(HeldSubject.instance(instanceID), &step)
        }
    }

    /// Waits for a host that knows the orchestration, and runs this version of it.
    private func wait(_ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        state.hold(
            .start(self), for: HeldSubject.orchestration(name, version: version), frame.rules.unknownOrchestrationGrace,
            prior: .none,
            &step, frame)
    }

    private func startExisting(
        _ instance: InstanceState, isCallTaken: Bool, isFormerNoted: Bool, _ state: inout PartitionState,
        _ step: inout Step, _ frame: Frame
    ) {
        let record = instance.record
        if let call = parent, record.parent == call || isCallTaken {
            return  // The same call again: its answer has been sent, or will be.
        }
        if replaces, record.status.isTerminal || ifExists == .replaceAlways, mayReplace(record) {
            let (version, verdict) = frame.catalog.admission(of: name, version: version)
            if verdict.keepsStartWaiting { return wait(&state, &step, frame) }
            if !record.status.isTerminal { state.giveWay(instance, &step, frame) }
            state.note(record.parent, isNoted: isFormerNoted, instanceID: record.instanceID, &step)
            state.renew(instance, input: input, &step)
            instance.record.name = name
            instance.record.status = .pending
            instance.record.createdAt = step.now
            instance.record.lastUpdatedAt = max(step.now, instance.record.lastUpdatedAt)
            instance.record.completedAt = nil
            instance.record.output = nil
            instance.record.failure = nil
            instance.record.customStatus = nil
            instance.record.parent = parent
            instance.record.tags = tags
            instance.record.trace = context.trace
            instance.record.scheduledStart = nil
            instance.record.version = version
            return begin(instance, &state, &step, frame)
        }
        if let parent {
            let failure = FailureDetails(
                type: "InstanceExists",
                message: "The sub-orchestration '\(instanceID)' cannot start: an instance with that ID is "
                    + "\(record.status.rawValue). Choose another ID.",
                isNonRetriable: true)
            return state.refuse(parent, isNoted: isCallTaken, instanceID: instanceID, failure, &step, frame)
        }
        if ifExists == .ignore {
            state.note(context, instanceID: instanceID, &step)
            var messages: [OutboxMessage] = []
            instance.announce(.startIgnored, &messages, frame)
            step.unattached += messages
            return state.acknowledge(self, instance, &step, frame)
        }
        let remedy =
            "Use another ID, or if-exists '\(record.status.isTerminal ? "replace-finished" : "replace-always")'."
        step.refuse(
            Refusal(
                .instanceExists, "The instance '\(instanceID)' exists and is \(record.status.rawValue). \(remedy)"),
            source: context.deadLetter(frame.source), reply: context.reply, frame)
    }

    /// Whether the ended instance may give its ID to this one: a start from outside states its policy, and a
    /// sub-orchestration replaces only an instance that the same parent, in whichever generation, had called before.
    private func mayReplace(_ record: InstanceRecord) -> Bool {
        guard let parent else { return true }
        return record.parent?.instanceID.isExactly(parent.instanceID) ?? false
    }

    private func begin(
        _ instance: InstanceState, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        state.note(context, instanceID: instance.record.instanceID, &step)
        if context.trace == nil {
            // The publisher is in no trace: one begins here.
            instance.record.trace = step.trace(.start(name: name, instanceID: instanceID), of: instance.record, frame)
        }
        state.acknowledge(self, instance, &step, frame)
        guard let startAt, startAt > step.now else {
            instance.startSubject = startSubject
            return step.happen(.executionStarted(of: instance.record, scheduledStart: startAt), to: instance)
        }
        instance.record.scheduledStart = startAt
        state.deadlines.setTimer(instance.record.timer(-1), at: startAt, &step.commit)
        var messages: [OutboxMessage] = []
        instance.announce(.pending, &messages, frame)
        step.unattached += messages
        step.write(instance)
    }
}

extension PartitionState {
    /// Sends the "accepted" reply, and the result when the instance ends, to the caller that started it. The callers
    /// that wait for its end have been read.
    mutating func acknowledge(
        _ command: StartCommand, _ instance: InstanceState, _ step: inout Step, _ frame: Frame
    ) {
        guard let reply = command.context.reply else { return }
        if reply.mode == .accepted || reply.mode == .both {
            step.accept(command.context, instanceID: instance.record.instanceID, frame)
        }
        guard reply.mode == .completed || reply.mode == .both else { return }
        if instance.record.status.isTerminal {
            step.send(frame.wire.reply(frame.wire.endReply(instance.record, to: reply), at: step.now))
        } else {
            step.add(reply, toWaitersOf: instance, frame)
        }
    }

    /// Begins an instance at its scheduled time. A suspended one begins when it is resumed.
    mutating func beginScheduled(_ instance: InstanceState, _ step: inout Step) {
        let record = instance.record
        // The timer's row of a suspended instance stays: if the clock is put back meanwhile, a host that starts needs
        // it.
        guard instance.isWaitingForStart, record.status != .suspended else { return }
        deadlines.removeTimer(record.timer(-1), &step.commit)
        instance.isLoaded = true
        step.happen(.executionStarted(of: record, scheduledStart: record.scheduledStart), to: instance)
        release(HeldSubject.start(of: record.instanceID), beginning: record.key, &step)
    }
}

extension HistoryEvent {
    /// Builds the first event of an execution from the instance's row.
    static func executionStarted(of record: InstanceRecord, scheduledStart: Timestamp? = nil) -> HistoryEvent {
        .executionStarted(
            ExecutionStarted(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID, input: record.input,
                parent: record.parent, tags: record.tags, scheduledStart: scheduledStart, trace: record.trace,
                version: record.version))
    }
}

extension Refusal {
    static func purged(_ instanceID: String) -> Refusal {
        Refusal(
            .unknownInstance,
            "This start was taken before, and its instance '\(instanceID)' was purged since. Nothing was started; send a "
                + "start with another message ID to run it again.")
    }
}
