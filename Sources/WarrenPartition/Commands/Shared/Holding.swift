import AMQPMessages
import Warren
import WarrenMessaging

/// Keeps messages that arrive before their subject exists.
extension PartitionState {
    /// A time longer than any start needs, also for an instance that is suspended at its scheduled time: only the
    /// start, or the instance's end, releases the messages that were kept for it.
    private static let untilStart = Duration.seconds(100 * 366 * 24 * 3600)

    /// Keeps a command for a limited time until its subject exists; refuses it if too much is kept already.
    ///
    /// - Parameter prior: what is known under its key.
    mutating func hold(
        _ command: Command, for subject: String, _ time: Duration, prior: PriorMessage, _ step: inout Step,
        _ frame: Frame
    ) {
        let context = command.context
        // A publisher that waits for the answer states for how long.
        let time = context.holdLimit.map { min(time, .milliseconds($0)) } ?? time
        let body = frame.wire.encodeHeld(command, source: frame.source)
        if let refusal = refusalToHold(body.count, frame) {
            return refuseToHold(command, refusal, prior: prior, &step, frame)
        }
        keep(body, for: subject, time, &step)
    }

    /// Keeps a command for an instance that is to start later, and notes and answers it; refuses it if too much is kept
    /// already.
    ///
    /// - Returns: whether it is kept.
    @discardableResult
    mutating func holdUntilStart(
        _ command: Command, of instance: InstanceState, _ step: inout Step, _ frame: Frame
    ) -> Bool {
        guard let startAt = instance.record.scheduledStart else { return false }
        let context = command.context
        let instanceID = instance.record.instanceID
        let body = frame.wire.encodeHeld(command.withoutContext, source: nil)
        if let refusal = refusalToHold(body.count, frame) {
            refuseToHold(command, refusal, prior: .none, &step, frame)
            return false
        }
        note(context, instanceID: instanceID, &step)
        step.accept(context, instanceID: instanceID, frame)
        let time = max(startAt.duration(since: step.now), .zero) + Self.untilStart
        keep(body, for: HeldSubject.start(of: instanceID), time, &step)
        return true
    }

    mutating func keep(_ body: [UInt8], for subject: String, _ time: Duration, _ step: inout Step) {
        let message = HeldMessage(
            id: nextHeldID(), subject: subject, expiresAt: step.now.advanced(by: time), message: body)
        held.insert(message)
        deadlines.setHeld(message.id, at: message.expiresAt)
        step.commit.held.append(message)
    }

    /// The reason why a message of `size` bytes cannot be kept; `nil` if it can be.
    func refusalToHold(_ size: Int, _ frame: Frame) -> Refusal? {
        let rules = frame.rules
        guard
            held.count - held.queued >= rules.maximumHeldMessages
                || held.bytes - held.queuedBytes + size > rules.maximumHeldBytes
        else { return nil }
        return Refusal(
            .tooManyHeld,
            "The partition keeps \(held.count - held.queued) messages of \(held.bytes - held.queuedBytes) bytes for "
                + "instances and orchestrations that do not exist yet, or for a later time, and takes no more than "
                + "\(rules.maximumHeldMessages) messages or \(rules.maximumHeldBytes) bytes of them. Start the instance first, or publish again later."
        )
    }

    private mutating func refuseToHold(
        _ command: Command, _ refusal: Refusal, prior: PriorMessage, _ step: inout Step, _ frame: Frame
    ) {
        let context = command.context
        noteRefused(context, prior, &step)
        step.refuse(refusal, source: context.deadLetter(frame.source), reply: context.reply, frame)
        if case .start(let start) = command, let parent = start.parent {
            // A call that was taken before is not kept.
            refuse(
                parent, isNoted: false, instanceID: start.instanceID,
                FailureDetails(type: "TooManyHeld", message: refusal.detail, isNonRetriable: true), &step, frame)
        }
    }

    /// Queues everything that waits for a subject, in order of arrival, behind the command that is applied now.
    ///
    /// - Parameter beginning: the instance that begins at this moment, if the messages wait for its start.
    func release(_ subject: String, beginning: Int64? = nil, _ step: inout Step) {
        for entry in held.messages(for: subject) { step.followUps.append(.release(entry, beginning: beginning)) }
    }

    /// Drops everything that waits for a subject.
    mutating func dropHeld(for subject: String, _ step: inout Step) {
        for entry in held.messages(for: subject) { remove(entry, &step) }
    }

    mutating func remove(_ entry: HeldEntry, _ step: inout Step) {
        held.remove(entry)
        deadlines.removeHeld(entry.id)
        step.commit.removedHeld.append(entry.id)
    }

    /// Removes a held message, or sets it aside if it cannot be read.
    ///
    /// - Returns: the command and its message; `nil` if it cannot be read.
    mutating func removeReadable(
        _ entry: HeldEntry, _ content: HeldContent, _ step: inout Step, _ frame: Frame
    ) -> (command: Command, source: InboundMessage?)? {
        switch content {
        case .readable(let command, let source):
            remove(entry, &step)
            return (command, source)
        case .unreadable(let reason):
            held.remove(entry)
            deadlines.removeHeld(entry.id)
            step.setAside(DamagedRow(.held, key: entry.id, reason: reason), frame)
            return nil
        }
    }
}

/// Applies a message that waited, because its subject exists now.
struct ReleaseHeld: PartitionCommand {
    var entry: HeldEntry
    /// The instance that begins at this moment.
    var beginning: Int64?

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> HeldContent? {
        // The message may have been dropped since, or applied already.
        guard state.held[entry.id] != nil else { return nil }
        return try state.content(of: entry, frame)
    }

    func apply(_ content: HeldContent?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let content, let (command, source) = state.removeReadable(entry, content, &step, frame) else { return }
        switch command {
        case .start, .raise, .control, .update:
            step.followUps.append(.held(command, source: source, beginning: beginning))
        default: break
        }
    }
}

/// Drops a message that waits.
struct DropHeld: PartitionCommand {
    var id: Int64

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        if let entry = state.held[id] { state.remove(entry, &step) }
    }
}

/// Ends the wait of a message: its subject did not come to exist in time.
struct ExpireHeld: PartitionCommand {
    var id: Int64

    /// The message, and what else is known of it.
    struct Expired {
        var entry: HeldEntry
        /// `nil` for a request in the queue of an entity.
        var content: HeldContent?
        var prior = PriorMessage.none
        var isCallTaken = false
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Expired? {
        guard let entry = state.held[id] else { return nil }
        if HeldSubject.entity(queueing: entry.subject) != nil { return Expired(entry: entry) }
        var found = Expired(entry: entry, content: try state.content(of: entry, frame))
        guard case .readable(let command, _) = found.content else { return found }
        if command.context.holdLimit != nil { found.prior = try state.prior(command.context) }
        if case .start(let start) = command { found.isCallTaken = try state.wasTaken(start.parent) }
        return found
    }

    func apply(_ found: Expired?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let found else { return }
        if let entity = HeldSubject.entity(queueing: found.entry.subject) {
            // The host has just started: the entity goes on where it was.
            return step.followUps.append(.runEntity(entity))
        }
        guard let content = found.content,
            let (command, source) = state.removeReadable(found.entry, content, &step, frame)
        else { return }
        let context = command.context
        let letter = context.deadLetter(source)
        switch command {
        case .start(let start):
            let (_, verdict) = frame.catalog.admission(of: start.name, version: start.version)
            guard verdict.keepsStartWaiting else {
                step.followUps.append(.held(command, source: source, beginning: nil))
                return
            }
            let refusal = Refusal(.unknownOrchestration, Self.refusal(of: start.name, verdict, frame))
            state.noteRefused(context, found.prior, &step)
            step.refuse(refusal, source: letter, reply: context.reply, frame)
            if let parent = start.parent {
                state.refuse(
                    parent, isNoted: found.isCallTaken, instanceID: start.instanceID,
                    FailureDetails(type: verdict.refusalType, message: refusal.detail, isNonRetriable: true), &step,
                    frame)
            }
        case .update(var update):
            // Once more, lest it is refused after the orchestrator began to take it.
            update.isLastAttempt = true
            step.followUps.append(.held(.update(update), source: source, beginning: nil))
        case .raise(let raise) where EntityID.isEntity(raise.instanceID):
            state.endWait(of: raise, for: found.entry.subject, source: source, &step, frame)
        case .raise(let raise):
            var refusal = Refusal.unknown(raise.instanceID)
            if let start = raise.start {
                let (_, verdict) = frame.catalog.admission(of: start.name, version: nil)
                guard verdict.keepsStartWaiting else {
                    step.followUps.append(.held(command, source: source, beginning: nil))
                    return
                }
                refusal = Refusal(.unknownOrchestration, Self.refusal(of: start.name, verdict, frame))
            }
            state.noteRefused(context, found.prior, &step)
            step.refuse(refusal, source: letter, reply: context.reply, frame)
        default: break
        }
    }

    private static func refusal(of name: String, _ verdict: VersionVerdict, _ frame: Frame) -> String {
        if case .waits(let reason) = verdict { return reason }
        let known = frame.catalog.orchestrationNames
        return "No orchestration '\(name)' is registered with this hub's hosts. "
            + (known.isEmpty ? "They know none." : "Known: \(known.joined(separator: ", ")).")
    }
}

extension VersionVerdict {
    /// Whether a start is kept for another host: an instance that is to fail begins, so that its failure is seen.
    var keepsStartWaiting: Bool {
        switch self {
        case .runs, .fails: false
        case .unknown, .waits: true
        }
    }

    /// The type of the failure of a call that no host took.
    fileprivate var refusalType: String {
        if case .unknown = self { "UnknownOrchestration" } else { FailureDetails.versionMismatchType }
    }
}
