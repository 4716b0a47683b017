import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Messages that came before what they are for.
extension PartitionProcessor {
    /// Keeps a command until its subject exists, for a time; refuses it if too much is kept already.
    func hold(
        _ command: Command, from source: InboundMessage?, for subject: String, _ time: Duration,
        _ batch: inout StepBatch
    ) throws {
        // Who waits for the answer says how long.
        let time = command.context.holdLimit.map { min(time, .milliseconds($0)) } ?? time
        let body = setup.wire.encodeHeld(command, source: source)
        if let refusal = refusalToHold(body.count) {
            return try refuseToHold(command, from: source, refusal, &batch)
        }
        keep(body, for: subject, time, &batch)
    }

    private func keep(_ body: [UInt8], for subject: String, _ time: Duration, _ batch: inout StepBatch) {
        lastHeldID += 1
        let message = HeldMessage(
            id: lastHeldID, subject: subject, expiresAt: batch.now.advanced(by: time), message: body)
        held.insert(message)
        alarms.set(.held(message.id), at: message.expiresAt)
        batch.commit.held.append(message)
    }

    /// Why a message of that many bytes cannot be kept; `nil` if it can.
    private func refusalToHold(_ size: Int) -> Refusal? {
        let configuration = setup.configuration
        guard held.count >= configuration.maximumHeldMessages || held.bytes + size > configuration.maximumHeldBytes
        else {
            return nil
        }
        return Refusal(
            .tooManyHeld,
            "The partition keeps \(held.count) messages of \(held.bytes) bytes for instances and orchestrations that do "
                + "not exist yet, and takes no more than \(configuration.maximumHeldMessages) messages or "
                + "\(configuration.maximumHeldBytes) bytes of them. Start the instance first, or publish again later.")
    }

    private func refuseToHold(
        _ command: Command, from source: InboundMessage?, _ refusal: Refusal, _ batch: inout StepBatch
    ) throws {
        try noteRefused(command.context, &batch)
        refuse(
            refusal, source: command.context.deadLetter(source), reply: command.context.reply, &batch)
        if case .start(let start) = command, let parent = start.parent {
            try refuse(
                parent, instanceID: start.instanceID,
                FailureDetails(type: "TooManyHeld", message: refusal.detail, isNonRetriable: true), &batch)
        }
    }

    /// Keeps a command for an instance that is to start later, and notes and answers it; refuses it if too much is kept.
    ///
    /// - Returns: whether it is kept.
    @discardableResult
    func holdUntilStart(
        _ command: Command, from source: InboundMessage?, of state: InstanceState, _ batch: inout StepBatch
    ) throws -> Bool {
        guard let startAt = state.record.scheduledStart else { return false }
        let body = setup.wire.encodeHeld(command.withoutContext, source: nil)
        if let refusal = refusalToHold(body.count) {
            try refuseToHold(command, from: source, refusal, &batch)
            return false
        }
        note(command.context, instanceID: state.record.instanceID, &batch)
        accept(command.context, instanceID: state.record.instanceID, &batch)
        // Longer than any start needs, also of an instance that is suspended when its time comes: only the start
        // releases it, or the instance's end.
        let time = max(startAt.duration(since: batch.now), .zero) + .seconds(100 * 366 * 24 * 3600)
        keep(body, for: "started:\(state.record.instanceID)", time, &batch)
        return true
    }

    /// Takes up everything that waited for a subject, in order of arrival.
    func releaseHeld(for subject: String, _ batch: inout StepBatch) throws {
        for message in held.messages(for: subject) {
            guard let (command, source) = try takeHeld(message, &batch) else { continue }
            try take(command, from: source, &batch)
        }
    }

    /// Forgets everything that waited for a subject.
    func dropHeld(for subject: String, _ batch: inout StepBatch) {
        for message in held.messages(for: subject) { remove(message, &batch) }
    }

    /// Nothing came that the message could be for.
    func heldExpired(_ id: Int64, _ batch: inout StepBatch) throws {
        guard let message = held[id], let (command, source) = try takeHeld(message, &batch) else { return }
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
            refuse(refusal, source: start.context.deadLetter(source), reply: start.context.reply, &batch)
            if let parent = start.parent {
                try refuse(
                    parent, instanceID: start.instanceID,
                    FailureDetails(type: "UnknownOrchestration", message: refusal.detail, isNonRetriable: true),
                    &batch)
            }
        case .raise(let raise):
            try noteRefused(raise.context, &batch)
            refuse(
                .unknown(raise.instanceID), source: raise.context.deadLetter(source), reply: raise.context.reply,
                &batch)
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

    /// Removes a message and reads it; `nil` if it cannot be read: then it is set aside.
    func takeHeld(
        _ entry: HeldEntry, _ batch: inout StepBatch
    ) throws -> (command: Command, source: InboundMessage?)? {
        do {
            let content = try read(entry)
            remove(entry, &batch)
            return content
        } catch let error as StorageError where error.reach == .unit {
            held.remove(entry)
            alarms.remove(.held(entry.id))
            setAside(DamagedRow(.held, key: entry.id, reason: error.message), &batch)
            return nil
        }
    }

    /// - Throws: `.damagedRow` if the message cannot be read.
    func read(_ entry: HeldEntry) throws -> (command: Command, source: InboundMessage?) {
        guard let body = try held.body(entry.id) ?? store.heldMessage(entry.id) else {
            throw StorageError(.damagedRow, "Held message \(entry.id) is missing.")
        }
        do {
            return try setup.wire.decodeHeld(body)
        } catch {
            throw StorageError(.damagedRow, "Held message \(entry.id) cannot be read: \(error)")
        }
    }

    func remove(_ entry: HeldEntry, _ batch: inout StepBatch) {
        held.remove(entry)
        alarms.remove(.held(entry.id))
        batch.commit.removedHeld.append(entry.id)
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
