/// The runtime status of an orchestration instance.
///
/// The set is closed by the wire: the raw values are in status replies, lifecycle messages and stored rows.
public enum RuntimeStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Accepted, not yet begun, or scheduled for a later time.
    case pending = "Pending"
    /// Begun and not ended, waiting included.
    case running = "Running"
    /// Suspended by an operator: messages that arrive are kept until it is resumed.
    case suspended = "Suspended"
    /// Ended with an output.
    case completed = "Completed"
    /// Ended with a failure.
    case failed = "Failed"
    /// Ended by an operator; the output is the reason given.
    case terminated = "Terminated"
    /// One generation ended and the next began; seen in histories, never as an instance's present status.
    case continuedAsNew = "ContinuedAsNew"
    /// Known from other implementations; Warren never sets it.
    case canceled = "Canceled"

    /// Whether the instance has ended and cannot change any more.
    public var isTerminal: Bool {
        switch self {
        case .completed, .failed, .terminated, .canceled: true
        case .pending, .running, .suspended, .continuedAsNew: false
        }
    }
}
