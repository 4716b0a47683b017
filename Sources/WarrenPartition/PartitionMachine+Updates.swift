import AMQPMessages
import Warren
import WarrenMessaging

/// Answers updates, once the instance that takes them has run.
extension PartitionMachine {
    /// Answers the updates that the orchestrator came to in an episode, and releases those that waited for it to take
    /// them.
    mutating func settleUpdates(of episode: EpisodeRun, _ outcome: EpisodeOutcome) {
        let instance = episode.instance
        for ended in outcome.updates { settle(ended, of: instance, outcome) }
        // One that the code did not come to, and will not: it was suspended before it began.
        if outcome.completion == nil {
            let again = Set(instance.newEvents.compactMap(\.updateID))
            let left = instance.updates.filter { !again.contains($0.id) }
            instance.updates.removeAll { !again.contains($0.id) }
            for pending in left { refuse(pending, .suspended(instance.record)) }
        }
        for name in outcome.newUpdateNames {
            for entry in state.held.messages(for: HeldSubject.update(name, of: instance.record.instanceID)) {
                work.append(QueuedWork(work: .release(entry, beginning: nil), isFollowUp: true))
            }
        }
    }

    private mutating func settle(_ ended: UpdateOutcome, of instance: InstanceState, _ outcome: EpisodeOutcome) {
        let index = instance.updates.firstIndex { $0.id == ended.id }
        // It began in an earlier episode; or it happens again after a rewind or a reset, and was answered before.
        guard let index else { return step.answerCallers(of: ended, instance, current) }
        let pending = instance.updates.remove(at: index)
        let update = pending.command
        switch ended.result {
        case .completed(let output):
            state.note(update.context, instanceID: update.instanceID, &step)
            for reply in pending.replies { step.answer(reply, .answered, output, to: update, current) }
        case .failed(let failure):
            state.note(update.context, instanceID: update.instanceID, &step)
            for reply in pending.replies {
                step.answer(reply, .failure, current.wire.json(failure), to: update, current)
            }
        case .begun:
            state.note(update.context, instanceID: update.instanceID, &step)
            for reply in pending.replies { step.add(reply, toCallersOf: pending.id, instance, current) }
        case .refused(let failure):
            refuse(
                pending, Refusal(.updateRefused, "The orchestrator refuses the update: \(failure.message)"),
                failure: failure.shortened())
        case .ended:
            refuse(
                pending,
                Refusal(
                    .instanceFinished,
                    "The body of the instance '\(update.instanceID)' has ended, so that it takes no updates any more."))
        case .suspended: refuse(pending, .suspended(instance.record))
        case .noHandler where outcome.completion != nil:
            // It ends with the instance, or goes to the next generation.
            instance.updates.append(pending)
        case .noHandler(let known):
            if outcome.newUpdateNames.contains(where: { $0.isExactly(update.name) }) {
                // The code registered the handler after it, in the same episode.
                instance.updates.append(pending)
                step.happen(pending.event, to: instance)
            } else if update.isLastAttempt {
                refuse(pending, .unknownUpdate(update, known: known))
            } else {
                state.holdUntilTaken(update, &step, frame(of: pending))
            }
        }
    }

    /// Refuses all updates that an instance has not come to, because it is not run.
    mutating func refuseUpdates(of instance: InstanceState, _ refusal: @autoclosure () -> Refusal) {
        guard !instance.updates.isEmpty else { return }
        let refusal = refusal()
        let updates = instance.updates
        instance.updates = []
        for pending in updates { refuse(pending, refusal) }
    }

    private mutating func refuse(_ pending: PendingUpdate, _ refusal: Refusal, failure: FailureDetails? = nil) {
        state.refuse(pending, refusal, failure: failure, &step, current)
    }

    private func frame(of pending: PendingUpdate) -> Frame { current.about(pending) }
}

extension Frame {
    /// The surroundings as they were when the update arrived.
    fileprivate func about(_ pending: PendingUpdate) -> Frame {
        var frame = self
        frame.content = InputContent(.command(.update(pending.command)), source: pending.source)
        return frame
    }
}

extension PartitionState {
    mutating func refuse(
        _ pending: PendingUpdate, _ refusal: Refusal, failure: FailureDetails? = nil, _ step: inout Step, _ frame: Frame
    ) {
        let frame = frame.about(pending)
        pending.command.refuse(refusal, failure: failure, &self, &step, frame)
        for reply in pending.copies where reply.mode != .none {
            step.answer(reply, refusal, instanceID: pending.command.instanceID, frame)
        }
    }

    /// Refuses the updates of an instance that has ended before it came to them.
    mutating func refuseUpdates(of instance: InstanceState, _ step: inout Step, _ frame: Frame) {
        let updates = instance.updates
        instance.updates = []
        for pending in updates { refuse(pending, .finished(instance.record), &step, frame) }
    }
}

extension EpisodeOutcome {
    /// Puts a failure in place of every result that is too large to be answered.
    ///
    /// - Parameter limit: in bytes.
    mutating func boundUpdates(limit: Int) {
        for index in updates.indices {
            switch updates[index].result {
            case .completed(let output) where output.bytes.count > limit:
                updates[index].result = .failed(
                    .payloadTooLarge("The result of an update", bytes: output.bytes.count, limit: limit))
            case .failed(let failure): updates[index].result = .failed(failure.shortened())
            case .completed, .begun, .refused, .noHandler, .ended, .suspended: break
            }
        }
    }
}
