/// The IDs of one request.
package struct RequestIDs: Sendable, Hashable {
    /// The message ID: the same for every publish of the message, so that the hub takes it once.
    package var messageID: String
    /// The correlation ID of the replies.
    package var correlationID: String

    package init(messageID: String, correlationID: String) {
        self.messageID = messageID
        self.correlationID = correlationID
    }
}
