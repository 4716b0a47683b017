/// The queues to which replies may go.
///
/// A reply goes to a queue that the requester names, with the rights of the host: only to names that no hub uses. The
/// rule is applied where an address is read and again where a reply is published, whatever way the address took in
/// between.
package struct ReplyRules: Sendable, Hashable {
    /// The prefixes of queue names that are always allowed: direct reply-to, queues that the broker or a client library
    /// named, and a convention. UUIDs are allowed, too.
    package static let defaultPrefixes = ["amq.rabbitmq.reply-to.", "amq.gen-", "amq_", "reply.", "reply_", "reply-"]
    /// The prefixes with which STOMP names a queue.
    private static let paths = ["/queue/", "/amq/queue/", "/reply-queue/"]

    /// The prefixes of other allowed queue names.
    package var prefixes: [String]

    package init(prefixes: [String] = []) {
        self.prefixes = prefixes
    }

    /// Whether a reply may go to a queue.
    package func allows(_ queue: String, hub: TaskHubName) -> Bool {
        guard queue.utf8.count <= 255, !hub.owns(queue), !WireRules.hasControlCharacters(queue) else { return false }
        return Self.defaultPrefixes.contains { queue.hasPrefix($0) }
            || prefixes.contains { !$0.isEmpty && queue.hasPrefix($0) } || Self.isUUID(queue)
    }

    /// The name of the queue that a `reply_to` denotes.
    static func queue(of replyTo: String) -> String {
        for path in paths where replyTo.hasPrefix(path) { return String(replyTo.dropFirst(path.count)) }
        return replyTo
    }

    /// The refusal of a reply address.
    static func refusal(_ replyTo: String) -> Refusal {
        Refusal(
            .badReplyTo,
            "The reply_to '\(WireRules.excerpt(replyTo))' is not a queue for replies. Use direct reply-to, a queue that the "
                + "broker or your client library named, a UUID, or a name that begins with 'reply.', 'reply_' or 'reply-'; "
                + "the host's 'messages.replyQueuePrefixes' allow others.")
    }

    /// Whether a text is a UUID: kombu and Celery name their reply queues so.
    private static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index)
                ? byte == UInt8(ascii: "-") : byte.isASCIIDigit || (byte | 0x20) &- 0x61 < 6
        }
    }
}
