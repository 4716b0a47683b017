/// What every command may carry.
package struct CommandContext: Sendable, Hashable {
    /// The key under which duplicates are recognised: operation, target, publisher and message ID. `nil`: the publisher
    /// gave no message ID, and every delivery counts.
    package var messageKey: String?
    /// A hash of what is asked for, stable over processes: the same key with another hash is another message.
    package var bodyHash: Int64
    package var reply: ReplyAddress?
    /// The broker login of the publisher, if the broker vouches for it.
    package var userID: String?
    /// How many milliseconds the publisher lets the message be held for what it needs. `nil`: as long as the host does.
    /// Who says so waits for the answer, and a refusal is for good.
    package var holdLimit: Int64?
    /// Whether the answer is all that a refusal leads to: its publisher waits for it, and nobody has to look for the
    /// message among the dead letters. Never without a reply address.
    package var refusesByReply: Bool

    package init(
        messageKey: String? = nil, bodyHash: Int64 = 0, reply: ReplyAddress? = nil, userID: String? = nil,
        holdLimit: Int64? = nil, refusesByReply: Bool = false
    ) {
        self.holdLimit = holdLimit
        self.refusesByReply = refusesByReply
        self.messageKey = messageKey
        self.bodyHash = bodyHash
        self.reply = reply
        self.userID = userID
    }
}
