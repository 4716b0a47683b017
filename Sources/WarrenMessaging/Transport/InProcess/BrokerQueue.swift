import AMQP
import DequeModule

/// A queue of the in-process broker: what waits, and who reads.
struct BrokerQueue {
    /// A message in a queue. A class, so that moving it from list to list does not copy fifteen fields.
    final class Message: Sendable {
        let content: InboundMessage
        init(_ content: InboundMessage) { self.content = content }
    }

    struct Entry {
        var message: Message
        /// Its place in the queue, for going back.
        var sequence: UInt64
        var isRedelivered = false
        /// The publish that waits for an acknowledgement, if any.
        var receipt: Receipt?
    }

    /// Which message of which publish.
    struct Receipt {
        var publish: Int
        var index: Int
    }

    let name: String
    let arguments: FieldTable
    /// Where an acknowledgement of the consumer is what makes a message safe: work, which has a dead-letter exchange.
    /// Everything else is kept for people who may never come.
    let confirmsOnAcknowledge: Bool
    let isSingleActive: Bool
    let maximumLength: Int?
    let dropsHead: Bool
    /// Reply queues belong to one consumer and end with it.
    let isExclusive: Bool

    var ready: Deque<Entry> = []
    var unacknowledged = 0
    /// In the order in which they came; with a single active consumer, the first is active.
    var consumers: [Int] = []
    /// Whose turn it is among several.
    var turn = 0

    private var lastSequence: UInt64 = 0

    init(name: String, arguments: FieldTable, isExclusive: Bool = false) {
        self.name = name
        self.arguments = arguments
        self.isExclusive = isExclusive
        confirmsOnAcknowledge = arguments["x-dead-letter-exchange"] != nil
        isSingleActive = arguments["x-single-active-consumer"] == .bool(true)
        maximumLength = arguments["x-max-length"]?.integer.map { Int(clamping: $0) }
        dropsHead = arguments["x-overflow"] != "reject-publish"
    }

    /// How many messages are in it, delivered ones included.
    var count: Int { ready.count + unacknowledged }

    var isFull: Bool { maximumLength.map { ready.count >= $0 } ?? false }

    mutating func append(_ message: Message, receipt: Receipt?) {
        lastSequence += 1
        ready.append(Entry(message: message, sequence: lastSequence, receipt: receipt))
    }

    /// Takes messages back to the places they had.
    mutating func requeue(_ entries: [Entry]) {
        guard let last = entries.last else { return }
        unacknowledged -= entries.count
        var merged = entries
        while let first = ready.first, first.sequence < last.sequence {
            merged.append(ready.removeFirst())
        }
        merged.sort { $0.sequence < $1.sequence }
        ready.prepend(contentsOf: merged)
    }
}
