/// A right of an access key. The words are those of the key file.
public enum AccessScope: String, Sendable, Hashable, CaseIterable {
    /// Shows instances, histories, streams, dead letters and the state of the hub.
    case read
    /// Starts and restarts orchestrations.
    case start
    /// Raises events.
    case raise
    /// Terminates, suspends, resumes and purges instances.
    case control
    /// Everything, dead letters included.
    case admin
}
