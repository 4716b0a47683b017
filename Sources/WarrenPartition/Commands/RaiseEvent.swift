import AMQPMessages
import Warren
package import WarrenMessaging

/// Raises an external event.
extension RaiseCommand: PartitionCommand {
    package var crashSubject: String? { instanceID }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("raise")
        hash.add(instanceID)
        hash.add(eventName)
        hash.add(context)
        hash.add(payload.json)
        return hash.result
    }

    enum Found {
        case repeated(PriorMessage)
        case unknown
        /// The instance that the event is to start, or to start anew, does not run.
        case start(EventStart)
        case instance(InstanceState)
        /// A request to an entity; `nil` if it cannot be read.
        case entity(EntityArrival?)
        /// An entity's answer, and the instance that waits for it, if it still does.
        case answer(EntityAnswer, InstanceState?)
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        let prior = try state.prior(context)
        guard prior == .none else { return .repeated(prior) }
        if EntityID.isEntity(instanceID) { return .entity(try state.resolveArrival(self)) }
        if let answer = EntityAnswer(eventName: eventName, payload) {
            return .answer(
                answer, try state.openInstance(instanceID, execution: answer.executionID, isToBeRun: true))
        }
        guard let instance = try state.instance(instanceID) else { return start.map { Found.start($0) } ?? .unknown }
        if let start, start.replacesFinished, instance.record.status.isTerminal { return .start(start) }
        if !instance.record.status.isTerminal { try state.requireIdle(instance) }
        return .instance(instance)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        var letter: InboundMessage? { context.deadLetter(frame.source) }
        switch found {
        case .repeated(let prior):
            step.answer(
                prior, context, instanceID: instanceID, source: letter, refusedBefore: .unknownInstance, frame)
        case .start(let start): begin(start, &state, &step, frame)
        case .entity(let arrival?): state.accept(self, arrival, &step, frame)
        case .entity(nil):
            step.refuse(.noRequest(instanceID), source: letter, reply: context.reply, frame)
        case .answer(let answer, let instance): state.take(answer, self, at: instance, &step, frame)
        case .unknown where context.holdLimit == 0:
            state.noteRefused(context, .none, &step)
            step.refuse(.unknown(instanceID), source: letter, reply: context.reply, frame)
        case .unknown:
            // The event may have overtaken the start that it belongs to.
            state.hold(
                .raise(self), for: HeldSubject.instance(instanceID), frame.rules.earlyEventGrace, prior: .none, &step,
                frame)
        case .instance(let instance) where instance.record.status.isTerminal:
            step.refuse(.finished(instance.record), source: letter, reply: context.reply, frame)
        case .instance(let instance) where instance.isWaitingForStart:
            state.holdUntilStart(.raise(self), of: instance, &step, frame)
        case .instance(let instance):
            state.note(context, instanceID: instanceID, &step)
            step.accept(context, instanceID: instanceID, frame)
            step.happen(.eventRaised(name: eventName, input: payload, trace: context.trace), to: instance)
            // The event belongs to the trace of its publisher, and what the instance does to its own.
            if let cause = context.trace {
                step.trace(.taking(name: eventName), of: instance.record, links: [cause], frame)
            }
        }
    }
}

extension Refusal {
    static func finished(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceFinished,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): nothing can reach it any more.")
    }

    fileprivate static func noRequest(_ instanceID: String) -> Refusal {
        Refusal(
            .badInstanceID,
            "'\(instanceID)' is an entity, and events are not raised at entities. Send it an operation: by the exchange "
                + "for entities, or by 'signal' or 'call' of an orchestration.")
    }

    package static func unknown(_ instanceID: String) -> Refusal {
        Refusal(
            .unknownInstance,
            "There is no instance '\(instanceID)' in this hub. Start it first, or check the instance ID.")
    }
}
