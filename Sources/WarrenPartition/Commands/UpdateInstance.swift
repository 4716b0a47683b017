import AMQPMessages
import Warren
package import WarrenMessaging

/// Hands an update to an instance. It is answered when the instance has run: see `PartitionMachine.settleUpdates`.
///
/// A message that is received once more, also after the process has died, gets the answer that the history has.
extension UpdateCommand: PartitionCommand {
    package var crashSubject: String? { instanceID }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("update")
        hash.add(instanceID)
        hash.add(name)
        hash.add(context)
        hash.add(input.json)
        return hash.result
    }

    enum Found {
        case repeated(PriorMessage)
        /// It was taken before. The result is `nil` if the history does not have it any more.
        case taken(UpdateOutcome.Result?)
        /// It was taken before, and its handler has not ended.
        case begun(InstanceState)
        case unknown
        case instance(InstanceState)
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        switch try state.prior(context) {
        case .none: break
        case .same:
            guard let key = context.messageKey, let instance = try state.instance(instanceID) else {
                return .taken(nil)
            }
            let result = try state.result(ofUpdate: key, in: instance)
            guard case .begun? = result else { return .taken(result) }
            // An operator may have ended the instance: then no handler ends any more.
            return instance.record.status.isTerminal ? .taken(.failed(.abandonedUpdate)) : .begun(instance)
        case let prior: return .repeated(prior)
        }
        guard let instance = try state.instance(instanceID) else { return .unknown }
        if !instance.record.status.isTerminal { try state.requireIdle(instance) }
        return .instance(instance)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        let letter = context.deadLetter(frame.source)
        switch found {
        case .repeated(let prior):
            step.answer(
                prior, context, instanceID: instanceID, source: letter, refusedBefore: .updateRefused, frame)
        case .taken(let result):
            guard let reply = context.reply, reply.mode != .none else { return }
            switch result {
            case .completed(let output): step.answer(reply, .answered, output, to: self, frame)
            case .failed(let failure): step.answer(reply, .failure, frame.wire.json(failure), to: self, frame)
            default: step.answer(reply, .answerGone(self), instanceID: instanceID, frame)
            }
        case .begun(let instance):
            guard let key = context.messageKey, let reply = context.reply, reply.mode != .none else { return }
            step.add(reply, toCallersOf: key, instance, frame)
            if instance.isStored { step.write(instance) }
        case .unknown: refuse(.unknown(instanceID), &state, &step, frame)
        case .instance(let instance): begin(at: instance, &state, &step, frame)
        }
    }

    private func begin(
        at instance: InstanceState, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        let record = instance.record
        if record.status.isTerminal { return refuse(.finished(record), &state, &step, frame) }
        if instance.isWaitingForStart {
            // Its orchestrator takes nothing so far.
            if isLastAttempt { return refuse(.unknownUpdate(self, known: []), &state, &step, frame) }
            return state.holdUntilTaken(self, &step, frame)
        }
        if record.status == .suspended { return refuse(.suspended(record), &state, &step, frame) }
        guard frame.catalog.isInline(record.name) else {
            return refuse(
                Refusal(.unknownUpdate, "The executor of orchestration '\(record.name)' takes no updates."), &state,
                &step, frame)
        }
        if let key = context.messageKey, let index = instance.updates.firstIndex(where: { $0.id == key }) {
            guard instance.updates[index].command.context.bodyHash == context.bodyHash else {
                return refuse(.duplicateID(context), &state, &step, frame)
            }
            if let reply = context.reply { instance.updates[index].copies.append(reply) }
            return
        }
        let pending = PendingUpdate(
            id: context.messageKey ?? state.newExecutionID(), command: self, source: frame.source)
        instance.updates.append(pending)
        step.happen(pending.event, to: instance)
    }

    /// Refuses the update. A copy that arrives later is refused as well, if the publisher waits for the answer.
    func refuse(
        _ refusal: Refusal, failure: FailureDetails? = nil, _ state: inout PartitionState, _ step: inout Step,
        _ frame: Frame
    ) {
        state.noteRefused(context, .none, &step)
        let letter = context.deadLetter(frame.source)
        guard let failure else { return step.refuse(refusal, source: letter, reply: context.reply, frame) }
        step.refuse(refusal, source: letter, reply: nil, frame)
        guard let reply = context.reply, reply.mode != .none else { return }
        step.answer(reply, .rejected, ReplyCodec.body(of: refusal, failure: failure), to: self, frame)
    }
}

extension PartitionState {
    /// The state of an update that was taken before, as the history of the present execution has it.
    fileprivate func result(
        ofUpdate id: String, in instance: InstanceState
    ) throws(Unresolved) -> UpdateOutcome.Result? {
        for event in try wholeHistory(of: instance).reversed() {
            switch event {
            case .updateCompleted(id, let result, let failure):
                return failure.map { .failed($0) } ?? .completed(result)
            case .updateAccepted(id, _, _): return .begun
            default: continue
            }
        }
        return nil
    }

    /// Keeps an update until the orchestrator takes updates of its name, for as long as an early event is kept.
    mutating func holdUntilTaken(_ update: UpdateCommand, _ step: inout Step, _ frame: Frame) {
        hold(
            .update(update), for: HeldSubject.update(update.name, of: update.instanceID), frame.rules.earlyEventGrace,
            prior: .none, &step, frame)
    }
}

extension HeldSubject {
    /// An orchestrator that takes updates of a name; a name has no `/`.
    static func update(_ name: String, of instanceID: String) -> String { "update:\(name)/\(instanceID)" }
}

extension Step {
    /// Answers an update.
    mutating func answer(
        _ reply: ReplyAddress, _ status: ReplyMessage.Status, _ body: Payload, to update: UpdateCommand, _ frame: Frame
    ) {
        send(
            frame.wire.reply(
                ReplyMessage(
                    address: reply, status: status, instanceID: update.instanceID, body: body,
                    trace: update.context.trace), at: now))
    }
}

extension Refusal {
    static func suspended(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceSuspended,
            "The instance '\(record.instanceID)' is suspended, and takes no updates. Resume it, then send the update again."
        )
    }

    static func unknownUpdate(_ update: UpdateCommand, known: [String]) -> Refusal {
        Refusal(
            .unknownUpdate,
            "The instance '\(update.instanceID)' takes no update '\(update.name)'. It takes "
                + (known.isEmpty ? "none." : "\(known.joined(separator: ", ")).")
                + " An orchestrator takes updates from the moment at which it calls 'context.accept'.")
    }

    fileprivate static func answerGone(_ update: UpdateCommand) -> Refusal {
        Refusal(
            .answerGone,
            "The update '\(update.name)' of instance '\(update.instanceID)' was taken before, and took effect. Its result "
                + "went with the history, because the instance continued as new, was rewound or reset, or is gone.")
    }
}
