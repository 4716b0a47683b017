/// The facts about a held message without its body.
package struct HeldEntry: Sendable, Hashable {
    package var id: Int64
    package var subject: String
    package var expiresAt: Timestamp
    /// The size of the stored message, in bytes.
    package var size: Int

    package init(id: Int64, subject: String, expiresAt: Timestamp, size: Int) {
        self.id = id
        self.subject = subject
        self.expiresAt = expiresAt
        self.size = size
    }

    package init(_ message: HeldMessage) {
        self.init(id: message.id, subject: message.subject, expiresAt: message.expiresAt, size: message.message.count)
    }
}
