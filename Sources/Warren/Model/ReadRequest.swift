/// A question of a partition about its committed state.
package enum ReadRequest: Sendable, Hashable {
    case instance(String)
    case instanceByKey(Int64)
    case inbox(String)
    /// The episodes of one generation of an instance, oldest first.
    case history(instance: Int64, generation: Int)
    /// The callers that wait for the end of an instance, beside those in its row.
    case waiters(Int64)
    /// The body of a held message.
    case held(Int64)
    /// Instances without their payloads.
    ///
    /// - `bytes`: the size from which on no further instance is read.
    case summaries(InstanceQuery, bytes: Int)
}
