package import Warren

/// A change of an instance that can be published. The raw value is the status in routing keys and messages.
package enum LifecycleEvent: String, Sendable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case suspended = "Suspended"
    case continuedAsNew = "ContinuedAsNew"
    case completed = "Completed"
    case failed = "Failed"
    case terminated = "Terminated"
    /// No status, but one word as they are, so that `orchestration.*.NAME` matches it.
    case startIgnored = "StartIgnored"

    /// The event of an instance that ended with this status; `nil` if it is not the status of an end.
    package init?(end status: RuntimeStatus) {
        switch status {
        case .completed: self = .completed
        case .terminated, .canceled: self = .terminated
        case .failed: self = .failed
        case .pending, .running, .suspended, .continuedAsNew: return nil
        }
    }
}
