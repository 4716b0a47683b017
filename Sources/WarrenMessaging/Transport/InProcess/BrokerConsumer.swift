import AMQPMessages
import DequeModule

/// A consumer of the in-process broker: the messages that were delivered to it and are not acknowledged.
///
/// A class, because changing a value in place in a dictionary costs an allocation for each change.
///
/// `@unchecked`: it is stored in the broker's dictionary only, and the broker is only reached under its mutex.
final class BrokerConsumer: @unchecked Sendable {
    typealias Waiter = UnsafeContinuation<BrokerBatch?, Never>

    let number: Int
    let queue: Int
    /// The maximum number of unacknowledged deliveries; with 0 nothing more is delivered at present.
    var prefetch: Int
    let acknowledges: Bool

    /// The lock that the consumer holds as long as it exists.
    var lock: String?

    /// Messages that were delivered and not yet read from the stream.
    var mailbox: [BrokerDelivery] = []
    /// The reader, if it waits.
    var waiter: Waiter?

    private(set) var outstanding = 0
    // Indexed by tag number: tags rise by one, and are mostly acknowledged in order.
    private var unacknowledged: Deque<BrokerQueue.Entry?> = []
    private var firstTag: UInt64 = 1

    init(number: Int, queue: Int, prefetch: Int, acknowledges: Bool) {
        self.number = number
        self.queue = queue
        self.prefetch = prefetch
        self.acknowledges = acknowledges
    }

    var hasCredit: Bool { outstanding < prefetch }

    func deliver(_ entry: BrokerQueue.Entry) {
        mailbox.append(
            BrokerDelivery(
                message: entry.message,
                tag: DeliveryTag(channel: UInt64(number), number: firstTag + UInt64(unacknowledged.count)),
                isRedelivered: entry.isRedelivered))
        if acknowledges {
            unacknowledged.append(entry)
            outstanding += 1
        }
    }

    /// The entry of a tag; `nil` if it is not outstanding here.
    func acknowledge(_ tag: DeliveryTag) -> BrokerQueue.Entry? {
        guard tag.channel == UInt64(number), tag.number >= firstTag else { return nil }
        let index = tag.number - firstTag
        guard index < UInt64(unacknowledged.count), let entry = unacknowledged[Int(index)] else { return nil }
        unacknowledged[Int(index)] = nil
        outstanding -= 1
        while let first = unacknowledged.first, first == nil {
            unacknowledged.removeFirst()
            firstTag += 1
        }
        return entry
    }

    /// All outstanding entries, oldest first, to be returned to the queue.
    func returned() -> [BrokerQueue.Entry] {
        unacknowledged.compactMap { entry in
            entry.map {
                BrokerQueue.Entry(message: $0.message, sequence: $0.sequence, isRedelivered: true, receipt: $0.receipt)
            }
        }
    }
}
