/// The number of messages and of consumers of a queue.
public struct QueueLoad: Sendable, Hashable {
    /// The queue's name.
    public var queue: String
    /// Messages that wait, not counting those that a consumer has fetched and not acknowledged.
    public var messages: Int
    /// The number of consumers; `nil` if the transport does not know it.
    public var consumers: Int?

    /// The load of a queue.
    public init(queue: String, messages: Int, consumers: Int?) {
        self.queue = queue
        self.messages = messages
        self.consumers = consumers
    }
}
