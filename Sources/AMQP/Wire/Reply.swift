/// What the broker answered to a request.
enum Reply: Sendable, Equatable {
    case done
    case queue(QueueStatus)
    /// How many messages a purge or a delete removed.
    case removed(Int)
}
