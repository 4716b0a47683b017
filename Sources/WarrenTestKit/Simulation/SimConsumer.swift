import AMQPMessages
import WarrenMessaging

/// A consumer of a queue.
final class SimConsumer {
    let queue: String
    let prefetch: Int
    let take: ([InboundMessage]) -> Void
    var channel: UInt64 = 1
    var lastTag: UInt64 = 0
    var unacknowledged: [UInt64: SimBroker.Entry] = [:]

    init(queue: String, prefetch: Int, take: @escaping ([InboundMessage]) -> Void) {
        self.queue = queue
        self.prefetch = prefetch
        self.take = take
    }
}
