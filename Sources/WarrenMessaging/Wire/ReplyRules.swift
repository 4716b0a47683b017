/// To which queues answers go.
///
/// A reply goes to a queue that the asker names, with the rights of the host: only to names that no hub uses. The rule is
/// asked where an address is read and again where an answer is published, whatever way the address took in between.
package struct ReplyRules: Sendable, Hashable {
    /// How the names of queues begin that are always allowed: direct reply-to, queues that the broker named, and a
    /// convention.
    package static let defaultPrefixes = ["amq.rabbitmq.reply-to.", "amq.gen-", "reply.", "reply_", "reply-"]

    /// How the names of other allowed queues begin.
    package var prefixes: [String]

    package init(prefixes: [String] = []) {
        self.prefixes = prefixes
    }

    /// Whether an answer may go to that queue.
    package func allows(_ queue: String, hub: TaskHubName) -> Bool {
        guard queue.utf8.count <= 255, !hub.owns(queue), !WireRules.hasControlCharacters(queue) else { return false }
        return Self.defaultPrefixes.contains { queue.hasPrefix($0) }
            || prefixes.contains { !$0.isEmpty && queue.hasPrefix($0) }
    }
}
