/// The broker's answer to the declaration of a queue.
package struct QueueStatus: Sendable, Hashable {
    /// Its name; chosen by the broker when it was declared with an empty one.
    package var name: String
    /// Messages ready for delivery; unacknowledged ones are not counted.
    package var messageCount: Int
    package var consumerCount: Int

    package init(name: String, messageCount: Int, consumerCount: Int) {
        self.name = name
        self.messageCount = messageCount
        self.consumerCount = consumerCount
    }
}
