import AMQPMessages
import Warren
import WarrenMessaging

extension HeldSubject {
    private static let queuePrefix = "entity:"
    private static let lockedPrefix = "entity-locked:"
    private static let kindPrefix = "entity-kind:"

    /// The turn of a request at an entity.
    static func queue(_ instanceID: String) -> String { queuePrefix + instanceID }
    /// The turn of a request at an entity that is locked for its sender.
    static func locked(_ instanceID: String) -> String { lockedPrefix + instanceID }
    /// A host that knows a kind of entity.
    static func entityKind(_ name: String) -> String { kindPrefix + name }
    /// The arrival of another request.
    static func request(_ messageKey: String) -> String { "request:" + messageKey }
    /// The time of a scheduled signal.
    static let due = "entity-due"

    /// The entity with the message in its queue; `nil` if the message is in no queue.
    static func entity(queueing subject: String) -> String? {
        for prefix in [queuePrefix, lockedPrefix] where subject.hasPrefix(prefix) {
            return String(subject.dropFirst(prefix.count))
        }
        return nil
    }

    /// The kind of entity for which a message waits; `nil` if it waits for none.
    static func kind(awaitedBy subject: String) -> String? {
        subject.hasPrefix(kindPrefix) ? String(subject.dropFirst(kindPrefix.count)) : nil
    }
}

extension PartitionState {
    /// A time longer than any operation waits.
    private static let ever = Duration.seconds(100 * 366 * 24 * 3600)

    /// The time at which a request was put into a queue.
    static func queuedAt(_ entry: HeldEntry) -> Timestamp { entry.expiresAt.advanced(by: .zero - ever) }

    /// Keeps a request in a queue.
    mutating func queue(_ body: [UInt8], for subject: String, _ step: inout Step) {
        let message = HeldMessage(
            id: nextHeldID(), subject: subject, expiresAt: step.now.advanced(by: Self.ever), message: body)
        held.insert(message)
        step.commit.held.append(message)
    }

    /// Keeps a signal until its time, and notes and answers it; refuses it if too much is kept already.
    ///
    /// - Returns: whether it is kept.
    mutating func holdUntilDue(
        _ command: RaiseCommand, _ request: EntityRequest, _ step: inout Step, _ frame: Frame
    ) -> Bool {
        guard let due = request.due else { return false }
        let body = frame.wire.encodeHeld(.raise(command).withoutContext, source: nil)
        if let refusal = refusalToHold(body.count, frame) {
            refuse(command, request, refusal, source: frame.source, &step, frame)
            return false
        }
        note(command.context, instanceID: command.instanceID, &step)
        step.accept(command.context, instanceID: command.instanceID, frame)
        keep(body, for: HeldSubject.due, due.duration(since: step.now), &step)
        return true
    }

    /// Ends the wait of a request to an entity.
    ///
    /// - Parameter source: the message that carried it.
    mutating func endWait(
        of raise: RaiseCommand, for subject: String, source: InboundMessage?, _ step: inout Step, _ frame: Frame
    ) {
        guard var request = EntityRequest(raise.payload) else { return }
        if let kind = HeldSubject.kind(awaitedBy: subject), !frame.catalog.runsEntity(kind) {
            let known = frame.catalog.entityNames
            let refusal = Refusal(
                .unknownEntity,
                "No entity '\(kind)' is registered with this hub's hosts. "
                    + (known.isEmpty ? "They know none." : "Known: \(known.joined(separator: ", "))."))
            return refuse(raise, request, refusal, source: source, &step, frame)
        }
        // It waits neither for its time nor for what did not arrive.
        request.due = nil
        if HeldSubject.kind(awaitedBy: subject) == nil { request.after = nil }
        var raise = raise
        raise.payload = request.payload
        step.followUps.append(.held(.raise(raise), source: source, beginning: nil))
    }
}
