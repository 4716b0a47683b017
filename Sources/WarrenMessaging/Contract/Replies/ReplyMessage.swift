package import Warren

/// A reply to a request: start accepted, instance ended, query answered, command refused.
package struct ReplyMessage: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case accepted, completed, failed, terminated, answered, rejected
    }

    package var address: ReplyAddress
    package var status: Status
    package var instanceID: String?
    /// The output, the status, the failure as JSON, or the refusal with its reason.
    package var body: Payload
    /// The trace of the instance, or of the request; `nil` for none.
    package var trace: TraceContext?

    package init(
        address: ReplyAddress, status: Status, instanceID: String?, body: Payload, trace: TraceContext? = nil
    ) {
        self.address = address
        self.status = status
        self.instanceID = instanceID
        self.body = body
        self.trace = trace
    }
}
