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
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        let prior = try state.prior(context)
        guard prior == .none else { return .repeated(prior) }
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
            step.happen(.eventRaised(name: eventName, input: payload), to: instance)
        }
    }
}

extension Refusal {
    static func finished(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceFinished,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): nothing can reach it any more.")
    }

    package static func unknown(_ instanceID: String) -> Refusal {
        Refusal(
            .unknownInstance,
            "There is no instance '\(instanceID)' in this hub. Start it first, or check the instance ID.")
    }
}
