/// A message that waits until something exists: an event for an instance that has not started, a start of an
/// orchestration that no host knows yet.
package struct HeldMessage: Sendable, Hashable {
    package var id: Int64
    /// The subject that it waits for, for example `instance:order-42`.
    package var subject: String
    package var expiresAt: Timestamp
    package var message: [UInt8]

    package init(id: Int64, subject: String, expiresAt: Timestamp, message: [UInt8]) {
        self.id = id
        self.subject = subject
        self.expiresAt = expiresAt
        self.message = message
    }
}
