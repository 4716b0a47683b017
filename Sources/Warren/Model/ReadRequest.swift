/// A question of a partition about its committed state.
public enum ReadRequest: Sendable, Hashable {
    /// What a partition continues with when it is opened.
    case recovery
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
    /// Rows of the outbox, oldest first. Their messages are not confirmed yet.
    ///
    /// - `bytes`: the size from which on no further row is read.
    case outbox(after: Int64, most: Int, bytes: Int)
}
