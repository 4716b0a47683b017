package import Warren

/// A reply to a request: start accepted, instance ended, query answered, command refused.
package struct ReplyMessage: Sendable, Hashable {
    /// The value of the header `warren-status` of an answer.
    ///
    /// An answer that tells how an instance ended has the name of its runtime status. The others say what became of the
    /// message.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case accepted, answered, rejected
        /// The handler of a query or an update failed.
        case failure
        case completed = "Completed"
        case failed = "Failed"
        case terminated = "Terminated"
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
