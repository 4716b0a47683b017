package import Warren

/// An answer to whoever asked: start accepted, instance ended, query answered, command refused.
package struct ReplyMessage: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case accepted, completed, failed, terminated, answered, rejected
    }

    package var address: ReplyAddress
    package var status: Status
    package var instanceID: String?
    /// The output, the status, the failure as JSON, or what was refused and why.
    package var body: Payload

    package init(address: ReplyAddress, status: Status, instanceID: String?, body: Payload) {
        self.address = address
        self.status = status
        self.instanceID = instanceID
        self.body = body
    }
}
