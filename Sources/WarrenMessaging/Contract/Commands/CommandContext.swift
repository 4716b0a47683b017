package import Warren

/// Facts that every command may carry.
package struct CommandContext: Sendable, Hashable {
    /// The key by which duplicates are recognised: operation, target, publisher and message ID. `nil` if the publisher
    /// gave no message ID; then every delivery counts.
    package var messageKey: String?
    /// A hash of the request, stable over processes: the same key with another hash is another message.
    package var bodyHash: Int64
    package var reply: ReplyAddress?
    /// The broker login of the publisher, if the broker has verified it.
    package var userID: String?
    /// The time, in milliseconds, for which the publisher allows a host to hold the message until it can be taken.
    /// `nil` for the host's own limit. A publisher that sets it waits for the reply, and a refusal is final.
    package var holdLimit: Int64?
    /// Whether a refusal leads to the reply alone: its publisher waits for it, so no dead letter is needed. Never
    /// without a reply address.
    package var refusesByReply: Bool
    /// The trace of the message, if it is in one.
    package var trace: TraceContext?

    package init(
        messageKey: String? = nil, bodyHash: Int64 = 0, reply: ReplyAddress? = nil, userID: String? = nil,
        holdLimit: Int64? = nil, refusesByReply: Bool = false, trace: TraceContext? = nil
    ) {
        self.holdLimit = holdLimit
        self.refusesByReply = refusesByReply
        self.messageKey = messageKey
        self.bodyHash = bodyHash
        self.reply = reply
        self.userID = userID
        self.trace = trace
    }
}
