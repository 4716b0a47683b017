/// The broker's answer to a request.
enum Reply: Sendable, Equatable {
    case done
    case queue(QueueStatus)
    /// The number of messages that a delete removed.
    case removed(Int)
}
