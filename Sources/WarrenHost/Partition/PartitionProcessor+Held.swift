import Warren
import WarrenMessaging
import WarrenStorage

/// Messages that came before what they are for.
extension PartitionProcessor {
    /// Keeps a command until its subject exists, for a time.
    func hold(
        _ command: Command, from source: InboundMessage?, for subject: String, _ time: Duration,
        _ batch: inout StepBatch
    ) {
        // Who waits for the answer says how long.
        let time = command.context.holdLimit.map { min(time, .milliseconds($0)) } ?? time
        lastHeldID += 1
        let message = HeldMessage(
            id: lastHeldID, subject: subject, expiresAt: batch.now.advanced(by: time),
            message: setup.wire.encodeHeld(command, source: source))
        held.insert(message)
        alarms.set(.held(message.id), at: message.expiresAt)
        batch.commit.held.append(message)
    }

    /// Keeps a command for an instance that is to start later. It has been noted and answered already.
    func holdUntilStart(_ command: Command, of state: InstanceState, _ batch: inout StepBatch) {
        guard let startAt = state.record.scheduledStart else { return }
        // Longer than the start needs, so that only the start releases it.
        let time = max(startAt.duration(since: batch.now), .zero) + .seconds(24 * 3600)
        hold(command.withoutContext, from: nil, for: "started:\(state.record.instanceID)", time, &batch)
    }

    /// Takes up everything that waited for a subject, in order of arrival.
    func releaseHeld(for subject: String, _ batch: inout StepBatch) throws {
        for message in held.messages(for: subject) {
            remove(message, &batch)
            let (command, source) = try decode(message)
            try take(command, from: source, &batch)
        }
    }

    /// Forgets everything that waited for a subject.
    func dropHeld(for subject: String, _ batch: inout StepBatch) {
        for message in held.messages(for: subject) { remove(message, &batch) }
    }

    /// Nothing came that the message could be for.
    func heldExpired(_ id: Int64, _ batch: inout StepBatch) throws {
        guard let message = held[id] else { return }
        remove(message, &batch)
        let (command, source) = try decode(message)
        switch command {
        case .start(let start):
            if setup.runner.runs(start.name) {
                try take(command, from: source, &batch)
                return
            }
            let known = setup.functions.orchestrationNames
            let refusal = Refusal(
                .unknownOrchestration,
                "No orchestration '\(start.name)' is registered with this hub's hosts. "
                    + (known.isEmpty ? "They know none." : "Known: \(known.joined(separator: ", "))."))
            try noteRefused(start.context, &batch)
            refuse(refusal, source: source, reply: start.context.reply, &batch)
            if let parent = start.parent {
                try refuse(
                    parent, instanceID: start.instanceID,
                    FailureDetails(type: "UnknownOrchestration", message: refusal.detail, isNonRetriable: true),
                    &batch)
            }
        case .raise(let raise):
            try noteRefused(raise.context, &batch)
            refuse(.unknown(raise.instanceID), source: source, reply: raise.context.reply, &batch)
        default: break
        }
    }

    private func take(_ command: Command, from source: InboundMessage?, _ batch: inout StepBatch) throws {
        switch command {
        case .start(let command): try start(command, from: source, &batch)
        case .raise(let command): try raise(command, from: source, &batch)
        case .control(let command): try control(command, from: source, &batch)
        default: break
        }
    }

    func decode(_ message: HeldMessage) throws -> (command: Command, source: InboundMessage?) {
        do {
            return try setup.wire.decodeHeld(message.message)
        } catch {
            throw StorageError(.corrupt, "The held message \(message.id) cannot be read: \(error)")
        }
    }

    func remove(_ message: HeldMessage, _ batch: inout StepBatch) {
        held.remove(message)
        alarms.remove(.held(message.id))
        batch.commit.removedHeld.append(message.id)
    }
}

extension Command {
    var context: CommandContext {
        switch self {
        case .start(let command): command.context
        case .raise(let command): command.context
        case .control(let command): command.context
        case .purge(let command): command.context
        case .childCompleted(let command): command.context
        case .query(let command): command.context
        case .workResult: CommandContext()
        }
    }

    /// The same without message key and reply address: it was recognised and answered before.
    fileprivate var withoutContext: Command {
        switch self {
        case .raise(var command):
            command.context = CommandContext()
            return .raise(command)
        case .control(var command):
            command.context = CommandContext()
            return .control(command)
        default: return self
        }
    }
}
