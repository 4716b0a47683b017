import AMQPMessages
import DequeModule

/// A queue of the in-process broker: its waiting messages and its consumers, or its records if it is a stream.
///
/// A class, because each message changes it several times, and a value in an array is copied where it is read in parts.
///
/// `@unchecked`: it is stored in the broker's array only, and the broker is only reached under its mutex.
final class BrokerQueue: @unchecked Sendable {
    /// A message in a queue. A class, so that moving it from list to list does not copy fifteen fields.
    final class Message: Sendable {
        let content: InboundMessage
        /// Whether it is returned if no queue takes it.
        let isMandatory: Bool

        init(_ message: OutboundMessage) {
            content = InboundMessage(message)
            isMandatory = message.isMandatory
        }
    }

    struct Entry {
        var message: Message
        /// The message's place in the queue, to which it is returned.
        var sequence: UInt64
        var isRedelivered = false
        /// The publish that waits for an acknowledgement, if any.
        var receipt: Receipt?
    }

    /// The position of a message within a publish.
    struct Receipt {
        var publish: Int
        var index: Int
    }

    let name: String
    let arguments: FieldTable
    /// Whether a message is safe only once the consumer acknowledges it: so in work queues, which have a dead-letter
    /// exchange. All other queues are for people, and may never be read.
    let confirmsOnAcknowledge: Bool
    let isSingleActive: Bool
    let maximumLength: Int?
    let dropsHead: Bool
    /// Whether the queue belongs to one consumer and ends with it, as reply queues do.
    let isExclusive: Bool
    /// The records, if the queue was declared as a stream: then it has no messages and no consumers.
    var stream: BrokerStream?

    var ready: Deque<Entry> = []
    var unacknowledged = 0
    /// The consumers in the order in which they were added; with a single active consumer, the first is active.
    var consumers: [BrokerConsumer] = []
    /// The index of the consumer that gets the next message.
    var turn = 0

    private var lastSequence: UInt64 = 0

    init(name: String, arguments: FieldTable, isExclusive: Bool = false) {
        self.name = name
        self.arguments = arguments
        self.isExclusive = isExclusive
        confirmsOnAcknowledge = arguments["x-dead-letter-exchange"] != nil
        isSingleActive = arguments["x-single-active-consumer"] == .bool(true)
        maximumLength = arguments["x-max-length"]?.integer.map { Int(clamping: $0) }
        if arguments["x-queue-type"] == "stream" { stream = BrokerStream(arguments: arguments) }
        dropsHead = arguments["x-overflow"] != "reject-publish"
    }

    /// The number of messages in the queue, including delivered ones.
    var count: Int { ready.count + unacknowledged }

    var isFull: Bool { maximumLength.map { ready.count >= $0 } ?? false }

    func append(_ message: Message, receipt: Receipt?) {
        lastSequence += 1
        ready.append(Entry(message: message, sequence: lastSequence, receipt: receipt))
    }

    /// Returns messages to the places that they had.
    func requeue(_ entries: [Entry]) {
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
