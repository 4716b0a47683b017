import Warren
import WarrenMessaging

/// What has to be known of a child before it answers another execution of its parent.
struct Rejoining {
    /// How it goes on, if it failed or was terminated and is rewound.
    var cut: HistoryCut?
    /// Whether the call that it answered so far is noted.
    var isFormerNoted: Bool
}

/// Lets a child answer the execution that its parent goes on as.
///
/// The parent's history has the call; the parent's new execution waits for its answer. So the child is not started
/// anew: it keeps what it has done, and answers this call instead of the former one.
extension StartCommand {
    /// `nil` if the instance is not the child of the parent's former execution.
    func resolveRejoining(
        _ instance: InstanceState, _ state: inout PartitionState, _ frame: Frame
    ) throws(Unresolved) -> Rejoining? {
        guard ifExists == .rejoin || ifExists == .rewind, let parent, let formerExecutionID,
            let former = instance.record.parent, former.executionID == formerExecutionID,
            former.taskID == parent.taskID, former.instanceID.isExactly(parent.instanceID)
        else { return nil }
        let isRewound = [.failed, .terminated].contains(instance.record.status) && ifExists == .rewind
        var rejoining = Rejoining(isFormerNoted: try state.wasTaken(former))
        guard isRewound, !state.hasLostHistory(instance) else { return rejoining }
        do {
            let cut = try state.resolveRewind(of: instance, frame)
            rejoining.cut = cut.holdsEntities ? nil : cut
        } catch .damaged {
            // It stays as it is, and its parent gets its failure once more.
            rejoining.cut = nil
        }
        return rejoining
    }

    func rejoin(
        _ instance: InstanceState, _ rejoining: Rejoining, _ state: inout PartitionState, _ step: inout Step,
        _ frame: Frame
    ) {
        // The former call may still arrive again, and must not start the child anew.
        state.note(
            instance.record.parent, isNoted: rejoining.isFormerNoted, instanceID: instance.record.instanceID, &step)
        if let cut = rejoining.cut {
            return state.goOn(
                instance, cut, .init(reason: reason, parent: parent, children: .rewind), &step, frame)
        }
        instance.record.parent = parent
        // The parent is among the columns that are written once for an execution.
        instance.isNewGeneration = true
        // A child that has events is written when it has run.
        if instance.newEvents.isEmpty { step.write(instance) }
        guard instance.record.status.isTerminal, let parent else { return }
        step.carry(instance.record.output, of: instance.record.instanceID, to: parent.instanceID)
        step.send(
            frame.wire.outboxMessage(
                .childCompleted(
                    ChildCompletedCommand(parent: parent, result: TaskOutcome(endOf: instance.record))),
                to: parent.instanceID))
    }
}
