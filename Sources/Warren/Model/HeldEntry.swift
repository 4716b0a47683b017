/// The facts about a held message without its body.
public struct HeldEntry: Sendable, Hashable {
    /// The message's number, as in ``HeldMessage``.
    public var id: Int64
    /// The subject that it waits for, as in ``HeldMessage``.
    public var subject: String
    /// The time from which on it no longer waits.
    public var expiresAt: Timestamp
    /// The size of the stored message, in bytes.
    public var size: Int

    /// The facts about a held message.
    public init(id: Int64, subject: String, expiresAt: Timestamp, size: Int) {
        self.id = id
        self.subject = subject
        self.expiresAt = expiresAt
        self.size = size
    }

    /// The facts about a message that is at hand.
    public init(_ message: HeldMessage) {
        self.init(id: message.id, subject: message.subject, expiresAt: message.expiresAt, size: message.message.count)
    }
}
