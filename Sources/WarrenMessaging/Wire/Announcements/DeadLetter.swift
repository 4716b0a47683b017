package import Warren

/// A message that could not be taken, and why.
package struct DeadLetter: Sendable, Hashable {
    /// The message as it came, as far as it is kept: allowlisted properties, and a large body cut.
    package var original: InboundMessage
    /// A `Refusal.Reason`, or another version's.
    package var reason: String
    package var detail: String
    package var at: Timestamp
    package var host: String
    package var partition: Int?
    package var userID: String?
    package var deliveryCount: Int?
    /// The body's size before it was cut, if it was.
    package var bodyBytes: Int?
    /// Whether the message was taken all the same, and only something beside it is lost, such as its answer.
    package var isTaken = false
}
