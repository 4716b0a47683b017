/// The number of messages and of consumers of a queue.
package struct QueueLoad: Sendable, Hashable {
    /// The queue's name.
    package var queue: String
    /// Messages that wait, not counting those that a consumer has fetched and not acknowledged.
    package var messages: Int
    /// The number of consumers; `nil` if the transport does not know it.
    package var consumers: Int?

    package init(queue: String, messages: Int, consumers: Int?) {
        self.queue = queue
        self.messages = messages
        self.consumers = consumers
    }
}
