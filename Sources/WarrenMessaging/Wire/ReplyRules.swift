/// To which queues answers go.
///
/// A reply goes to a queue that the asker names, with the rights of the host: only to names that no hub uses. The rule is
/// asked where an address is read and again where an answer is published, whatever way the address took in between.
package struct ReplyRules: Sendable, Hashable {
    /// How the names of queues begin that are always allowed: direct reply-to, queues that the broker or a client library
    /// named, and a convention. So are UUIDs.
    package static let defaultPrefixes = ["amq.rabbitmq.reply-to.", "amq.gen-", "amq_", "reply.", "reply_", "reply-"]
    /// How STOMP names a queue.
    private static let paths = ["/queue/", "/amq/queue/", "/reply-queue/"]

    /// How the names of other allowed queues begin.
    package var prefixes: [String]

    package init(prefixes: [String] = []) {
        self.prefixes = prefixes
    }

    /// Whether an answer may go to that queue.
    package func allows(_ queue: String, hub: TaskHubName) -> Bool {
        guard queue.utf8.count <= 255, !hub.owns(queue), !WireRules.hasControlCharacters(queue) else { return false }
        return Self.defaultPrefixes.contains { queue.hasPrefix($0) }
            || prefixes.contains { !$0.isEmpty && queue.hasPrefix($0) } || Self.isUUID(queue)
    }

    /// The name of the queue that a `reply_to` means.
    static func queue(of replyTo: String) -> String {
        for path in paths where replyTo.hasPrefix(path) { return String(replyTo.dropFirst(path.count)) }
        return replyTo
    }

    /// Why an answer cannot go to a queue.
    static func refusal(_ replyTo: String) -> Refusal {
        Refusal(
            .badReplyTo,
            "The reply_to '\(WireRules.excerpt(replyTo))' is not a queue for replies. Use direct reply-to, a queue that the "
                + "broker or your client library named, a UUID, or a name that begins with 'reply.', 'reply_' or 'reply-'; "
                + "the host's 'replyQueuePrefixes' allow others.")
    }

    /// kombu and Celery name their reply queues so.
    private static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index)
                ? byte == UInt8(ascii: "-") : byte.isASCIIDigit || (byte | 0x20) &- 0x61 < 6
        }
    }
}
