import AMQPMessages
import Warren
import WarrenMessaging

/// Handles messages, and calls of sub-orchestrations, that were received before.
extension PartitionState {
    /// Remembers that a message was taken.
    mutating func note(_ context: CommandContext, instanceID: String, _ step: inout Step) {
        inbox.note(context, instanceID: instanceID, at: step.now, &step.commit)
    }

    /// Records the refusal of a message if its publisher waited for the answer: a copy that arrives later, from a
    /// publish with an unknown outcome, must not take effect after all.
    ///
    /// If the publisher did not wait, the refusal is not recorded: the message may be taken out of the dead
    /// letters and tried again, once its orchestration or instance exists.
    ///
    /// - Parameter prior: what is known under its key.
    mutating func noteRefused(_ context: CommandContext, _ prior: PriorMessage, _ step: inout Step) {
        guard context.holdLimit != nil, prior == .none else { return }
        note(context, instanceID: "", &step)
    }

    /// Notes that a call was taken, if it is one and is not noted yet.
    mutating func note(_ call: ParentInstance?, isNoted: Bool, instanceID: String, _ step: inout Step) {
        guard let call, !isNoted else { return }
        note(CommandContext(call: call), instanceID: instanceID, &step)
    }

    /// Reports to a parent that its sub-orchestration cannot start. That is final: another copy of the call starts
    /// nothing.
    mutating func refuse(
        _ call: ParentInstance, isNoted: Bool, instanceID: String, _ failure: FailureDetails, _ step: inout Step,
        _ frame: Frame
    ) {
        note(call, isNoted: isNoted, instanceID: instanceID, &step)
        step.fail(call, failure, frame)
    }
}

extension Step {
    /// Answers or refuses a message that was received before.
    ///
    /// - Parameters:
    ///   - prior: what is known under its key; not `.none`.
    ///   - source: what is kept of it if it is refused.
    mutating func answer(
        _ prior: PriorMessage, _ context: CommandContext, instanceID: String, source: InboundMessage?,
        refusedBefore reason: Refusal.Reason, _ frame: Frame
    ) {
        switch prior {
        case .none: break
        case .same: accept(context, instanceID: instanceID, frame)
        case .refused: refuse(.refusedBefore(reason), source: source, reply: context.reply, frame)
        case .other: refuse(.duplicateID(context), source: source, reply: context.reply, frame)
        }
    }
}

extension Refusal {
    /// Builds the refusal of a copy of a message that was refused for good.
    static func refusedBefore(_ reason: Reason) -> Refusal {
        Refusal(
            reason,
            "The message was refused before, and its publisher was told so. Send it again under another message ID.")
    }

    /// Builds the refusal of a message with the ID of a different one.
    static func duplicateID(_ context: CommandContext) -> Refusal {
        Refusal(
            .duplicateIDMismatch,
            "message_id was used before by a message with other content (key '\(context.messageKey ?? "")'). "
                + "Give every message an ID of its own; repeat one only with the same content.")
    }
}
