import AMQPMessages
import Warren
import WarrenMessaging

/// A request that has arrived at its entity, with what is known of both.
struct EntityArrival {
    var entity: EntityID
    var request: EntityRequest
    /// The entity's row; `nil` if it has none.
    var instance: InstanceState?
    /// The key of the sender's earlier request to the same entity, if that has not arrived.
    var missing: String?
}

/// Takes requests to entities.
///
/// A request is kept among the held messages until it has run: so the history of an entity is empty, however many
/// operations it has had, and what waits is found again by the next host.
extension PartitionState {
    /// The time for which a request waits for an earlier one of the same sender.
    private static let orderPatience = Duration.seconds(30 * 60)

    /// Looks up what has to be known of a request.
    ///
    /// - Returns: `nil` for an event that is no request.
    mutating func resolveArrival(_ command: RaiseCommand) throws(Unresolved) -> EntityArrival? {
        guard let entity = EntityID(instanceID: command.instanceID), let request = EntityRequest(command.payload) else {
            return nil
        }
        var missing: String?
        if let after = request.after, let caller = request.caller {
            let key = caller.messageKey(of: after)
            if case .none = try prior(CommandContext(messageKey: key)) { missing = key }
        }
        return EntityArrival(
            entity: entity, request: request, instance: try instance(command.instanceID), missing: missing)
    }

    /// Takes a request, or lets it wait.
    mutating func accept(
        _ command: RaiseCommand, _ arrival: EntityArrival, _ step: inout Step, _ frame: Frame
    ) {
        let name = arrival.entity.name
        let isReserved = command.eventName.hasPrefix("@")
        if let record = arrival.instance?.record, record.status.isTerminal {
            // What waits cannot run either.
            step.followUps.append(.runEntity(command.instanceID))
            return refuse(command, arrival.request, .damaged(record), source: frame.source, &step, frame)
        }
        if let missing = arrival.missing {
            hold(
                .raise(command), for: HeldSubject.request(missing), Self.orderPatience, prior: .none, &step, frame)
            return
        }
        guard isReserved || frame.catalog.runsEntity(name) else {
            // A host that knows the entity may be about to start.
            return hold(
                .raise(command), for: HeldSubject.entityKind(name), frame.rules.unknownOrchestrationGrace,
                prior: .none, &step, frame)
        }
        let due = arrival.request.due.map { $0 > step.now } ?? false
        if let refusal = due ? nil : refusalToQueue(command, frame) {
            return refuse(command, arrival.request, refusal, source: frame.source, &step, frame)
        }
        if due {
            guard holdUntilDue(command, arrival.request, &step, frame) else { return }
        } else {
            note(command.context, instanceID: command.instanceID, &step)
            step.accept(command.context, instanceID: command.instanceID, frame)
            enqueue(command, arrival, &step, frame)
        }
        if let key = command.context.messageKey { release(HeldSubject.request(key), &step) }
    }

    /// Puts a request into the queue of its entity.
    private mutating func enqueue(
        _ command: RaiseCommand, _ arrival: EntityArrival, _ step: inout Step, _ frame: Frame
    ) {
        let lock = arrival.instance.flatMap { EntityLock(of: $0.record) }
        var isOwners = lock?.isHeld(by: arrival.request.caller) ?? false
        switch command.eventName {
        case EntityRequest.Reserved.release: if lock?.isReleased(by: arrival.request.caller) != true { return }
        // The owner's next lock waits for the end of this one, as everybody's.
        case EntityRequest.Reserved.lock: isOwners = false
        case EntityRequest.Reserved.clean: if arrival.instance == nil { return }
        default: break
        }
        if arrival.instance == nil {
            let instance = InstanceState(
                record: InstanceRecord(
                    key: nextInstanceKey(), instanceID: command.instanceID, executionID: newExecutionID(),
                    name: "@" + arrival.entity.name, status: .running, createdAt: step.now, lastUpdatedAt: step.now),
                isStored: false)
            instance.isLoaded = true
            instance.record.noteEntity(lock: nil)
            instances.insert(instance)
            step.write(instance)
        }
        // The source is not kept: what is wrong with the message has been found by now.
        queue(
            frame.wire.encodeHeld(.raise(command).withoutContext, source: nil),
            for: isOwners ? HeldSubject.locked(command.instanceID) : HeldSubject.queue(command.instanceID), &step)
        step.followUps.append(.runEntity(command.instanceID))
    }

    /// The reason why a queue takes no further request; `nil` if it does.
    private func refusalToQueue(_ command: RaiseCommand, _ frame: Frame) -> Refusal? {
        let rules = frame.rules
        // What ends a wait is always taken.
        if command.eventName == EntityRequest.Reserved.release { return nil }
        guard
            held.queued >= rules.maximumQueuedOperations
                || held.queuedBytes + command.payload.bytes.count > rules.maximumQueuedBytes
        else { return nil }
        return Refusal(
            .tooManyHeld,
            "\(held.queued) operations of \(held.queuedBytes) bytes wait for entities of the partition, and no more than "
                + "\(rules.maximumQueuedOperations) operations or \(rules.maximumQueuedBytes) bytes may. Send it again "
                + "later, and look for operations that take long or entities that are locked.")
    }

    /// Refuses a request for good; a caller gets the reason.
    ///
    /// - Parameter source: the message that carried it; `nil` if that is not kept: what becomes a dead letter is then made
    ///   anew, so that it can be sent again.
    mutating func refuse(
        _ command: RaiseCommand, _ request: EntityRequest, _ refusal: Refusal, source: InboundMessage?,
        _ step: inout Step, _ frame: Frame
    ) {
        if request.caller == nil {
            noteRefused(command.context, .none, &step)
        } else {
            // Later requests of the same sender do not wait for this one.
            note(command.context, instanceID: "", &step)
        }
        if let key = command.context.messageKey { release(HeldSubject.request(key), &step) }
        guard !request.isSignal, let caller = request.caller else {
            let letter =
                (request.caller == nil ? source : nil)
                ?? frame.wire.message(command.eventName, request.input, to: command.instanceID)
            return step.refuse(
                refusal, source: command.context.deadLetter(letter), reply: command.context.reply, frame)
        }
        step.observe(.messageRefused(refusal))
        step.answer(
            caller,
            .failed(FailureDetails(type: "OperationRefused", message: refusal.detail, isNonRetriable: true)), frame)
        // The entities of a set that are locked already.
        let locked = request.lockSet.prefix(request.position)
        step.release(Array(locked), of: caller, frame)
    }
}

extension EntityRequest.Caller {
    /// The key of the message with one of the caller's requests.
    func messageKey(of taskID: Int) -> String { "send:\(executionID):\(taskID)" }
}

extension Step {
    /// Answers a caller, or an orchestration that waits for a lock.
    mutating func answer(_ caller: EntityRequest.Caller, _ outcome: EntityAnswer.Outcome, _ frame: Frame) {
        send(frame.answer(caller, outcome))
    }

    /// Releases entities that are locked for an execution.
    mutating func release(_ entities: [String], of caller: EntityRequest.Caller, _ frame: Frame) {
        for entity in entities { send(frame.release(entity, of: caller)) }
    }
}

extension Frame {
    /// Builds the answer to a request.
    func answer(_ caller: EntityRequest.Caller, _ outcome: EntityAnswer.Outcome) -> OutboxMessage {
        let answer = EntityAnswer(executionID: caller.executionID, outcome: outcome)
        return wire.outboxMessage(
            .raise(
                RaiseCommand(instanceID: caller.instanceID, eventName: caller.answerName, payload: answer.payload)),
            to: caller.instanceID)
    }

    /// Builds the release of an entity.
    func release(_ entity: String, of caller: EntityRequest.Caller) -> OutboxMessage {
        wire.outboxMessage(
            .raise(
                RaiseCommand(
                    instanceID: entity, eventName: EntityRequest.Reserved.release,
                    payload: EntityRequest(isSignal: true, caller: caller).payload,
                    context: CommandContext(messageKey: "release:\(caller.executionID):\(caller.taskID):\(entity)"))),
            to: entity)
    }
}

extension Refusal {
    /// Builds the refusal of a request to an entity with a row that could not be read.
    static func damaged(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceFinished,
            "The entity '\(record.instanceID)' is \(record.status.rawValue): "
                + "\(record.failure?.message ?? "its state is lost"). Restore a backup of the partition's file.")
    }
}
