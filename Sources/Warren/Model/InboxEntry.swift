/// The key of a message that was taken.
///
/// Another message under the same key replaces the entry; the same message again breaks a rule.
public struct InboxEntry: Sendable, Hashable {
    /// The key of the message; compared by its bytes.
    public var key: String
    /// Hash of the message's request: the same key with another hash is another message.
    public var bodyHash: Int64
    /// The instance that the message was for.
    public var instanceID: String
    /// The time at which the message was taken.
    public var at: Timestamp

    /// The maximum number of entries that one commit deletes.
    public static let forgottenAtOnce = 2000

    /// The entry of a message that was taken.
    public init(key: String, bodyHash: Int64, instanceID: String, at: Timestamp) {
        self.key = key
        self.bodyHash = bodyHash
        self.instanceID = instanceID
        self.at = at
    }
}
