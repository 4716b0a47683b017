import Warren
import WarrenMessaging

/// Rewinds a failed instance, resets one to a point of its history, or restarts it.
extension ControlCommand {
    /// Makes a failed instance go on without the results that failed. Children that failed are rewound by message, and
    /// answer the same calls later.
    func rewind(
        _ instance: InstanceState, _ cut: HistoryCut, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        state.note(context, instanceID: instanceID, &step)
        step.accept(context, instanceID: instanceID, frame)
        state.goOn(
            instance, cut, .init(reason: reason, children: isRecursive ? .rewind : .rejoin), &step, frame)
    }

    /// Makes an instance go on from before an event. Children that were called from there on are forgotten; the answer
    /// names them.
    func reset(
        _ instance: InstanceState, _ cut: HistoryCut, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        state.note(context, instanceID: instanceID, &step)
        step.accept(context, instanceID: instanceID, children: cut.forgotten.map(\.instanceID), frame)
        if isRecursive {
            for (id, child) in cut.forgotten {
                step.passOn(.terminate, reason: reason, to: child, calledBy: instance.record, as: id, frame)
            }
        }
        state.goOn(
            instance, cut, .init(reason: reason, beforeEvent: beforeEvent, children: .rejoin), &step, frame)
    }

    /// Starts the work of an instance once more: with its name, its input and its tags, on the code that hosts have now.
    func restart(
        _ instance: InstanceState, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        let record = instance.record
        var start = StartCommand(
            name: record.name, instanceID: newInstanceID ?? record.instanceID, input: record.input,
            ifExists: newInstanceID == nil ? .restart : .fail, tags: record.tags, context: context)
        guard let newInstanceID else {
            // From here on it is a start, which notes the message and answers.
            return step.followUps.append(.command(.start(start)))
        }
        state.note(context, instanceID: newInstanceID, &step)
        // The new instance's partition answers, for it knows whether the ID is free.
        start.context.messageKey = context.messageKey.map { "restart:\($0)" }
        step.carry(record.input, of: record.instanceID, to: newInstanceID)
        step.send(frame.wire.outboxMessage(.start(start), to: newInstanceID))
    }
}

extension PartitionState {
    /// Whether the instance failed because its history cannot be read: there is nothing to go on from.
    func hasLostHistory(_ instance: InstanceState) -> Bool {
        instance.record.episodes == 0 && instance.record.status.isTerminal
    }
}

extension Refusal {
    static func notFailed(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceNotFailed,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): only failed instances are rewound. To make it "
                + "go on from an earlier point, reset it.")
    }

    static func notBegun(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceNotBegun,
            "The instance '\(record.instanceID)' is \(record.status.rawValue) and has no history yet: there is no point to "
                + "reset it to. Terminate it, and start it with other values.")
    }

    static func holdsEntities(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceHoldsEntities,
            "At that point the instance '\(record.instanceID)' waits for an entity, or holds its lock, and a former "
                + "execution's answer does not come again. Restart it, or reset it to a point before it asked for the "
                + "entity.")
    }

    static func lostHistory(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .unreadable,
            "The history of the instance '\(record.instanceID)' is lost: the host's file was damaged. Restart the instance "
                + "instead: it begins anew with the same input.")
    }

    static func noSuchEvent(_ number: Int?, of count: Int) -> Refusal {
        Refusal(
            .badHeader,
            "The history has \(count) events: 'warren-before-event' must be a number from 1 to \(count), and is "
                + "\(number ?? 0). 'warren history' numbers them.")
    }

    static func stillActive(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceNotFinished,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): only ended instances are restarted under "
                + "their own ID. Name a new instance ID, or terminate it first.")
    }
}
