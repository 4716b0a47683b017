package import AMQPMessages
package import Warren

/// A message that could not be taken, and the reason.
package struct DeadLetter: Sendable, Hashable {
    /// The kept part of the message: allowlisted properties, and a body that is cut if it was large.
    package var original: InboundMessage
    /// A `Refusal.Reason`, or a reason of another version.
    package var reason: String
    package var detail: String
    package var at: Timestamp
    package var host: String
    package var partition: Int?
    package var userID: String?
    package var deliveryCount: Int?
    /// The body's size before it was cut; `nil` if it was not.
    package var bodyBytes: Int?
    /// Whether the message was taken all the same, and only a part of it was refused, such as its reply address.
    package var isTaken = false
}
