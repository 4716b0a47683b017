/// How a worker's or a sub-orchestration's message ends its task: the header `warren-status`.
package enum WireStatus: String, Sendable, Hashable, CaseIterable {
    case ok, failed
    /// Still at it.
    case heartbeat
    /// Given back by a worker that will not do it.
    case released
}
