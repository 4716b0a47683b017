/// The key of a message that was taken.
///
/// Another message under the same key takes the entry over; the same message again breaks a rule.
package struct InboxEntry: Sendable, Hashable {
    package var key: String
    /// Hash of what the message asked for: the same key with another hash is another message.
    package var bodyHash: Int64
    /// The instance it went to.
    package var instanceID: String
    package var at: Timestamp

    /// How many entries one commit forgets at the most.
    package static let forgottenAtOnce = 2000

    package init(key: String, bodyHash: Int64, instanceID: String, at: Timestamp) {
        self.key = key
        self.bodyHash = bodyHash
        self.instanceID = instanceID
        self.at = at
    }
}
