public import Warren

/// Thrown by a wait for an orchestration that did not complete: it failed, or was terminated.
public struct OrchestrationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The instance.
    public let instanceID: String
    /// The final status: `.failed` or `.terminated`.
    public let runtimeStatus: RuntimeStatus
    /// The failure. For a terminated instance, the type is `Terminated` and the message is the reason given.
    public let details: FailureDetails

    package init(instanceID: String, runtimeStatus: RuntimeStatus, details: FailureDetails) {
        self.instanceID = instanceID
        self.runtimeStatus = runtimeStatus
        self.details = details
    }

    /// The instance, its final status and the failure.
    public var description: String {
        switch runtimeStatus {
        case .terminated: "Instance '\(instanceID)' was terminated: \(details.message)"
        default: "Instance '\(instanceID)' failed with \(details.type): \(details.message)"
        }
    }
}
