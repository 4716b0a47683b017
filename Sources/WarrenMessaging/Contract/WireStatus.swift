/// The status with which a message of a worker or a sub-orchestration ends its task: the header `warren-status`.
package enum WireStatus: String, Sendable, Hashable, CaseIterable {
    case ok, failed
    /// The work goes on.
    case heartbeat
    /// The worker returned the item without doing it.
    case released
}
