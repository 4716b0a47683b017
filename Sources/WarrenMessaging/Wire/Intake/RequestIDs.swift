/// What names one request.
package struct RequestIDs: Sendable, Hashable {
    /// The same however often the message is published: the hub takes it once.
    package var messageID: String
    /// What the answers carry.
    package var correlationID: String

    package init(messageID: String, correlationID: String) {
        self.messageID = messageID
        self.correlationID = correlationID
    }
}
