/// The key of a message that was taken.
///
/// Another message under the same key replaces the entry; the same message again breaks a rule.
package struct InboxEntry: Sendable, Hashable {
    package var key: String
    /// Hash of the message's request: the same key with another hash is another message.
    package var bodyHash: Int64
    /// The instance that the message was for.
    package var instanceID: String
    package var at: Timestamp

    /// The maximum number of entries that one commit deletes.
    package static let forgottenAtOnce = 2000

    package init(key: String, bodyHash: Int64, instanceID: String, at: Timestamp) {
        self.key = key
        self.bodyHash = bodyHash
        self.instanceID = instanceID
        self.at = at
    }
}
