public import Warren

/// An orchestration that was waited for did not complete: it failed, or somebody terminated it.
public struct OrchestrationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The instance.
    public let instanceID: String
    /// How it ended: `.failed` or `.terminated`.
    public let runtimeStatus: RuntimeStatus
    /// Why. Of a terminated instance: the type is `Terminated` and the message is the reason given.
    public let details: FailureDetails

    package init(instanceID: String, runtimeStatus: RuntimeStatus, details: FailureDetails) {
        self.instanceID = instanceID
        self.runtimeStatus = runtimeStatus
        self.details = details
    }

    /// The instance, how it ended and why.
    public var description: String {
        switch runtimeStatus {
        case .terminated: "Instance '\(instanceID)' was terminated: \(details.message)"
        default: "Instance '\(instanceID)' failed with \(details.type): \(details.message)"
        }
    }
}
