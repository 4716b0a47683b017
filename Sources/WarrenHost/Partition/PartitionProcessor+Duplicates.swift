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
    }

    /// What is known under a message's key.
    func priorMessage(_ context: CommandContext) throws -> PriorMessage {
        guard let key = context.messageKey else { return .none }
        guard let entry = try recentKeys[key] ?? store.inboxEntry(key) else { return .none }
        return entry.bodyHash == context.bodyHash ? .same(instanceID: entry.instanceID) : .other
    }

    /// Remembers that a message was taken.
    func note(_ context: CommandContext, instanceID: String, _ batch: inout StepBatch) {
        guard let key = context.messageKey, recentKeys[key] == nil else { return }
        let entry = InboxEntry(key: key, bodyHash: context.bodyHash, instanceID: instanceID, at: batch.now)
        recentKeys[key] = entry
        batch.commit.inbox.append(entry)
    }
}

extension Refusal {
    /// Two different messages under one message ID.
    static func duplicateID(_ context: CommandContext) -> Refusal {
        Refusal(
            .duplicateIDMismatch,
            "message_id was used before by a message with other content (key '\(context.messageKey ?? "")'). "
                + "Give every message an ID of its own; repeat one only with the same content.")
    }
}
