import Warren
import WarrenMessaging
import WarrenSupport

/// Lets an entity go on: it takes the next requests from its queue, unless operations run already.
struct RunEntity: PartitionCommand {
    var instanceID: String

    enum Found {
        case nothing
        /// The first request is a step of a lock, or a cleanup.
        case reserved(InstanceState, HeldEntry, name: String, EntityRequest)
        /// Operations that can run one after the other.
        case operations(InstanceState, [HeldEntry], [QueuedOperation])
        /// The first request cannot be read.
        case unreadable(HeldEntry, HeldContent)
        /// The entity's row could not be read, or processes died over it: what waits cannot run.
        case lost(InstanceState, HeldEntry, HeldContent)
    }

    /// The maximum number, and size in bytes, of operations that run before the first of their results is kept.
    private static let mostOperations = 64
    private static let mostBytes = 1 << 20

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        guard let instance = try state.instance(instanceID), instance.operating == nil else { return .nothing }
        guard !instance.record.status.isTerminal else {
            let entries = [HeldSubject.locked(instanceID), HeldSubject.queue(instanceID)].map {
                state.held.messages(for: $0, most: 1)
            }
            guard let first = entries.joined().first else { return .nothing }
            return .lost(instance, first, try state.content(of: first, frame))
        }
        let isLocked = EntityLock(of: instance.record) != nil
        let subject = isLocked ? HeldSubject.locked(instanceID) : HeldSubject.queue(instanceID)
        var entries: [HeldEntry] = []
        var operations: [QueuedOperation] = []
        var bytes = 0
        for entry in state.held.messages(for: subject, most: Self.mostOperations) {
            bytes += entry.size
            if bytes > Self.mostBytes, !entries.isEmpty { break }
            let content = try state.content(of: entry, frame)
            guard case .readable(.raise(let raise), _) = content, let request = EntityRequest(raise.payload) else {
                if entries.isEmpty { return .unreadable(entry, content) }
                break
            }
            guard !raise.eventName.hasPrefix("@") else {
                if entries.isEmpty { return .reserved(instance, entry, name: raise.eventName, request) }
                break
            }
            entries.append(entry)
            operations.append(
                QueuedOperation(
                    id: entry.id, name: raise.eventName, request: request, trace: raise.context.trace))
        }
        return operations.isEmpty ? .nothing : .operations(instance, entries, operations)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch found {
        case .nothing: return
        case .unreadable(let entry, let content):
            _ = state.removeReadable(entry, content, &step, frame)
        case .lost(let instance, let entry, let content):
            guard let (command, _) = state.removeReadable(entry, content, &step, frame),
                case .raise(let raise) = command,
                let request = EntityRequest(raise.payload)
            else { break }
            state.refuse(raise, request, .damaged(instance.record), source: nil, &step, frame)
        case .reserved(let instance, let entry, let name, let request):
            state.remove(entry, &step)
            switch name {
            case EntityRequest.Reserved.lock: lock(instance, request, &step, frame)
            case EntityRequest.Reserved.release:
                instance.record.noteEntity(lock: nil)
                step.write(instance)
            case EntityRequest.Reserved.clean: clean(instance, &state, &step, frame)
            default: break  // A later version may know it.
            }
        case .operations(let instance, let entries, let operations):
            guard let entity = EntityID(instanceID: instanceID) else { return }
            let ticket = EntityTicket(instance: instance.record.key, number: state.nextEpisode())
            instance.operating = EntityFlight(ticket: ticket, entries: entries, operations: operations)
            step.operating.append(
                EntityBatch(ticket: ticket, entity: entity, state: instance.record.output, operations: operations))
            return
        }
        step.followUps.append(.runEntity(instanceID))
    }

    /// Locks the entity, and passes the request on to the next of the set; after the last one the lock is complete.
    private func lock(
        _ instance: InstanceState, _ request: EntityRequest, _ step: inout Step, _ frame: Frame
    ) {
        guard let caller = request.caller, request.lockSet.indices.contains(request.position) else { return }
        instance.record.noteEntity(lock: EntityLock(caller))
        step.write(instance)
        var next = request
        next.position += 1
        next.after = nil
        guard next.position < next.lockSet.count else { return step.answer(caller, .locked(next.lockSet), frame) }
        let target = next.lockSet[next.position]
        step.send(
            frame.wire.outboxMessage(
                .raise(
                    RaiseCommand(
                        instanceID: target, eventName: EntityRequest.Reserved.lock, payload: next.payload,
                        context: CommandContext(
                            messageKey: "lock:\(caller.executionID):\(caller.taskID):\(next.position)"))),
                to: target))
    }

    /// Removes the entity if it has neither a state nor anything to do.
    private func clean(
        _ instance: InstanceState, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        guard instance.record.output == nil, state.held.messages(for: HeldSubject.queue(instanceID), most: 1).isEmpty
        else {
            return
        }
        state.purge(instance, Purging(children: [], unreadable: nil, isCallNoted: true), &step, frame)
    }
}

/// Takes the outcomes of operations.
struct EndOperations: PartitionCommand {
    var end: EntityRunEnd

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> InstanceState? {
        guard let instance = state.instances.peek(key: end.ticket.instance), instance.operating?.ticket == end.ticket
        else { return nil }
        return instance
    }

    func apply(_ instance: InstanceState?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let instance, let flight = instance.operating else { return }
        instance.operating = nil
        step.followUps.append(.runEntity(instance.record.instanceID))
        guard !instance.record.status.isTerminal else { return }
        var messages: [OutboxMessage] = []
        let lock = EntityLock(of: instance.record)
        for (place, outcome) in zip(flight.entries.indices, end.outcomes) {
            let entry = flight.entries[place]
            let operation = flight.operations[place]
            state.remove(entry, &step)
            let caller = operation.request.isSignal ? nil : operation.request.caller
            switch outcome {
            case .completed(let result, let effects):
                if let caller { messages.append(frame.answer(caller, .completed(result))) }
                for (number, effect) in effects.enumerated() {
                    messages.append(
                        message(
                            for: effect, key: "\(instance.record.executionID):\(entry.id).\(number)", &state, frame))
                }
            case .failed(let failure):
                if let caller { messages.append(frame.answer(caller, .failed(failure))) }
                step.observe(
                    .operationFailed(instance.record.instanceID, operation: operation.name, failure))
            case .killed(let deaths):
                step.clearedSubjects.append(deaths.subject)
                step.observe(
                    .killerTakenOut(
                        instance.record.instanceID, operation: operation.name, deaths: deaths.count))
                let detail = takenOut(operation, of: instance.record.instanceID, deaths)
                if let caller {
                    messages.append(
                        frame.answer(
                            caller,
                            .failed(
                                FailureDetails(
                                    type: FailureDetails.killsHostType, message: detail, isNonRetriable: true))))
                } else {
                    let letter = frame.wire.message(
                        operation.name, operation.request.input, to: instance.record.instanceID)
                    step.refuse(
                        Refusal(.poison, detail), source: CommandContext().deadLetter(letter), reply: nil,
                        poison: DeadLetterCodec.Poison(
                            subject: instance.record.instanceID, deaths: deaths.count, since: deaths.since), frame)
                }
            }
        }
        instance.record.lastUpdatedAt = max(step.now, instance.record.lastUpdatedAt)
        instance.record.output = end.state
        instance.record.noteEntity(lock: lock)
        step.write(instance)
        step.send(messages)
    }

    private func takenOut(_ operation: QueuedOperation, of entity: String, _ deaths: OperationDeaths) -> String {
        "The host's process ended \(deaths.count) times while the operation '\(operation.name)' of '\(entity)' ran, first "
            + "noticed at \(ISO8601.text(deaths.since)). Look for a trap, a stack overflow or a lack of memory in its code, "
            + "mend it, and send the request again. The entity's state is as before."
    }

    private func message(
        for effect: EntityEffect, key: String, _ state: inout PartitionState, _ frame: Frame
    ) -> OutboxMessage {
        switch effect {
        case .signal(let target, let operation, let request):
            frame.wire.outboxMessage(
                .raise(
                    RaiseCommand(
                        instanceID: target.instanceID, eventName: operation, payload: request.payload,
                        context: CommandContext(messageKey: "send:\(key)"))),
                to: target.instanceID)
        case .start(let name, let chosen, let input, let startAt):
            start(name, chosen ?? state.newExecutionID(), input, startAt, key, frame)
        }
    }

    private func start(
        _ name: String, _ instanceID: String, _ input: Payload, _ startAt: Timestamp?, _ key: String, _ frame: Frame
    ) -> OutboxMessage {
        frame.wire.outboxMessage(
            .start(
                StartCommand(
                    name: name, instanceID: instanceID, input: input, startAt: startAt,
                    context: CommandContext(messageKey: "start:\(key)"))),
            to: instanceID)
    }
}
