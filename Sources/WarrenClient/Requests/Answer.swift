package import Warren
package import WarrenMessaging

/// What came back for a request.
package struct Answer: Sendable, Hashable {
    /// Which request it answers.
    package var correlationID: String
    package var status: ReplyMessage.Status
    package var instanceID: String?
    /// The output, the status, the failure or the refusal, by `status`.
    package var body: Payload

    package init(correlationID: String, status: ReplyMessage.Status, instanceID: String? = nil, body: Payload = .null) {
        self.correlationID = correlationID
        self.status = status
        self.instanceID = instanceID
        self.body = body
    }
}
