import Warren
import WarrenMessaging
import WarrenStorage

/// Recognising messages that came before.
extension PartitionProcessor {
    enum PriorMessage {
        case none
        /// The same message; it went to this instance.
        case same(instanceID: String)
        /// Another message under the same key.
        case other
        /// The same message; it was refused for good.
        case refused
    }

    /// What is known under a message's key.
    func priorMessage(_ context: CommandContext) throws -> PriorMessage {
        guard let key = context.messageKey else { return .none }
        guard let entry = try recentKeys[ExactText(key)] ?? store.inboxEntry(key) else { return .none }
        guard entry.bodyHash == context.bodyHash else { return .other }
        return entry.instanceID.isEmpty ? .refused : .same(instanceID: entry.instanceID)
    }

    /// Remembers that a message was refused whose publisher waited for the answer: a copy that comes later, out of a
    /// publish of unknown fate, must not take effect after all.
    ///
    /// A message of a publisher that did not wait is not remembered: it may be taken out of the dead letters and tried
    /// again, once its orchestration or instance exists.
    func noteRefused(_ context: CommandContext, _ batch: inout StepBatch) throws {
        guard context.holdLimit != nil else { return }
        if case .none = try priorMessage(context) { note(context, instanceID: "", &batch) }
    }

    /// Remembers that a message was taken.
    func note(_ context: CommandContext, instanceID: String, _ batch: inout StepBatch) {
        guard let key = context.messageKey, recentKeys[ExactText(key)] == nil else { return }
        let entry = InboxEntry(key: key, bodyHash: context.bodyHash, instanceID: instanceID, at: batch.now)
        recentKeys[ExactText(key)] = entry
        batch.commit.inbox.append(entry)
    }
}

extension Refusal {
    /// A copy of a message that was refused for good.
    static func refusedBefore(_ reason: Reason) -> Refusal {
        Refusal(
            reason,
            "The message was refused before, and its publisher was told so. Send it again under another message ID.")
    }

    /// Two different messages under one message ID.
    static func duplicateID(_ context: CommandContext) -> Refusal {
        Refusal(
            .duplicateIDMismatch,
            "message_id was used before by a message with other content (key '\(context.messageKey ?? "")'). "
                + "Give every message an ID of its own; repeat one only with the same content.")
    }
}
