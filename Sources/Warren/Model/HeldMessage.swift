/// A message that waits until something exists: an event for an instance that has not started, a start of an
/// orchestration that no host knows yet.
public struct HeldMessage: Sendable, Hashable {
    /// The message's number in the partition, never used again.
    public var id: Int64
    /// The subject that it waits for, for example `instance:order-42`.
    public var subject: String
    /// The time from which on it no longer waits.
    public var expiresAt: Timestamp
    /// The message: opaque to the store.
    public var message: [UInt8]

    /// A message that waits.
    public init(id: Int64, subject: String, expiresAt: Timestamp, message: [UInt8]) {
        self.id = id
        self.subject = subject
        self.expiresAt = expiresAt
        self.message = message
    }
}
