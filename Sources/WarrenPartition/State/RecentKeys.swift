package import Warren
package import WarrenMessaging

/// The keys of messages that were taken in commits which are not durable yet: the store does not show them.
package struct RecentKeys {
    private var entries: [ExactText: InboxEntry] = [:]

    package init() {}

    package subscript(key: String) -> InboxEntry? { entries[ExactText(key)] }

    package var isEmpty: Bool { entries.isEmpty }

    /// Notes that a message was taken.
    ///
    /// - Parameter instanceID: the instance that the message was for; empty if it was refused for good.
    package mutating func note(
        _ context: CommandContext, instanceID: String, at time: Timestamp, _ commit: inout PartitionCommit
    ) {
        guard let key = context.messageKey else { return }
        let text = ExactText(key)
        guard entries[text] == nil else { return }
        let entry = InboxEntry(key: key, bodyHash: context.bodyHash, instanceID: instanceID, at: time)
        entries[text] = entry
        commit.inbox.append(entry)
    }

    /// Forgets keys from commits that are durable now.
    package mutating func forget(_ keys: [String]) {
        for key in keys { entries[ExactText(key)] = nil }
    }
}
