import AMQPMessages
import WarrenMessaging

/// The exchanges, queues and consumers of a mail room. It decides, and the room acts.
struct MailRoomState {
    typealias Reader = AsyncThrowingStream<[InboundMessage], any Error>.Continuation

    /// A message in a queue, with its place among the messages of the room.
    struct Entry {
        var place: UInt64
        var message: InboundMessage
    }

    struct Queue {
        var arguments: FieldTable
        /// Whether it belongs to one consumer, and ends with it.
        var isExclusive = false
        var mostMessages = Int.max
        var ready: [Entry] = []
        /// The consumers in the order in which they came.
        var readers: [UInt64] = []

        var isSingleActive: Bool { arguments["x-single-active-consumer"] == .bool(true) }
    }

    struct Consumer {
        var queue: String
        var prefetch: Int
        var acknowledges: Bool
        var lock: String?
        var reader: Reader
        /// The messages that were delivered and not acknowledged, by the numbers of their tags.
        var open: [UInt64: Entry] = [:]
        var lastTag: UInt64 = 0

        var hasCredit: Bool { open.count < prefetch }
    }

    private static let bodyLimit = 8 << 20

    var exchanges: [String: Topology.Exchange] = [:]
    var bindings: [Topology.Binding] = []
    var queues: [String: Queue] = [:]
    var consumers: [UInt64: Consumer] = [:]
    var locks: Set<String> = []
    private(set) var isClosed = false
    private var lastConsumer: UInt64 = 0
    private var lastPlace: UInt64 = 0
    /// The queues that may have something to deliver.
    private var touched: Set<String> = []

    /// Puts a message into the queues that it belongs into.
    mutating func take(_ message: OutboundMessage) -> PublishOutcome {
        guard !isClosed else { return .unknown(reason: "the mail room is closed") }
        guard message.body.count <= Self.bodyLimit else {
            return .tooLarge(bytes: message.body.count, limit: Self.bodyLimit)
        }
        var found: Set<String> = []
        if message.exchange.isEmpty {
            if queues[message.routingKey] != nil { found = [message.routingKey] }
        } else if let exchange = exchanges[message.exchange] {
            for binding in bindings where binding.exchange == exchange.name {
                let matches =
                    switch exchange.kind {
                    case .topic: TopicPattern(binding.routingKey).matches(message.routingKey)
                    case .fanout: true
                    default: binding.routingKey == message.routingKey
                    }
                if matches { found.insert(binding.queue) }
            }
        } else {
            return .returned(code: 404, text: "NOT_FOUND - no exchange '\(message.exchange)'")
        }
        guard !found.isEmpty else {
            return message.isMandatory ? .returned(code: 312, text: "NO_ROUTE") : .confirmed
        }
        lastPlace += 1
        let entry = Entry(
            place: lastPlace,
            message: InboundMessage(
                exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
                body: message.body))
        for name in found {
            queues[name]?.ready.append(entry)
            if let queue = queues[name], queue.ready.count > queue.mostMessages { queues[name]?.ready.removeFirst() }
            touched.insert(name)
        }
        return .confirmed
    }

    /// Delivers what consumers have room for.
    mutating func handOut() -> [(reader: Reader, messages: [InboundMessage])] {
        var batches: [UInt64: [InboundMessage]] = [:]
        for name in touched.sorted() {
            while let number = nextReader(of: name), let entry = queues[name]?.ready.first {
                queues[name]?.ready.removeFirst()
                batches[number, default: []].append(deliver(entry, to: number))
            }
        }
        touched = []
        return batches.sorted { $0.key < $1.key }.compactMap { number, messages in
            consumers[number].map { ($0.reader, messages) }
        }
    }

    /// The consumer with room for the next message: of several, the one that has the least.
    private func nextReader(of name: String) -> UInt64? {
        guard let queue = queues[name], !queue.ready.isEmpty else { return nil }
        let readers = queue.isSingleActive ? Array(queue.readers.prefix(1)) : queue.readers
        return readers.filter { consumers[$0]?.hasCredit == true }
            .min { (consumers[$0]?.open.count ?? 0, $0) < (consumers[$1]?.open.count ?? 0, $1) }
    }

    private mutating func deliver(_ entry: Entry, to number: UInt64) -> InboundMessage {
        var message = entry.message
        guard var consumer = consumers[number] else { return message }
        consumer.lastTag += 1
        message.tag = DeliveryTag(channel: number, number: consumer.lastTag)
        if consumer.acknowledges { consumer.open[consumer.lastTag] = entry }
        consumers[number] = consumer
        return message
    }

    mutating func acknowledge(_ tags: [DeliveryTag], by number: UInt64) {
        guard let queue = consumers[number]?.queue else { return }
        for tag in tags where tag.channel == number { consumers[number]?.open[tag.number] = nil }
        touched.insert(queue)
    }

    // MARK: - Consumers

    mutating func acquire(_ lock: String) throws {
        guard locks.insert(lock).inserted else { throw MessagingError(.inUse, "Another consumer holds '\(lock)'.") }
    }

    mutating func consume(_ name: String, prefetch: Int, lock: String?, reader: Reader) throws -> UInt64 {
        guard let queue = queues[name] else { throw Self.missing("queue", name) }
        guard !queue.isExclusive else {
            throw MessagingError(.inUse, "The queue '\(name)' belongs to another consumer.")
        }
        return add(.init(queue: name, prefetch: prefetch, acknowledges: true, lock: lock, reader: reader))
    }

    mutating func add(_ consumer: Consumer) -> UInt64 {
        lastConsumer += 1
        consumers[lastConsumer] = consumer
        queues[consumer.queue]?.readers.append(lastConsumer)
        touched.insert(consumer.queue)
        return lastConsumer
    }

    mutating func addExclusive(_ name: String, mostMessages: Int) throws {
        guard queues[name] == nil else { throw MessagingError(.inUse, "The queue '\(name)' exists.") }
        queues[name] = Queue(arguments: [:], isExclusive: true, mostMessages: mostMessages)
    }

    mutating func close(_ number: UInt64) {
        guard let consumer = consumers.removeValue(forKey: number) else { return }
        if let lock = consumer.lock { locks.remove(lock) }
        consumer.reader.finish()
        guard queues[consumer.queue]?.isExclusive == false else { return removeQueue(consumer.queue) }
        let returned = consumer.open.values.map { entry in
            var entry = entry
            entry.message.isRedelivered = true
            return entry
        }
        queues[consumer.queue]?.readers.removeAll { $0 == number }
        queues[consumer.queue]?.ready.append(contentsOf: returned)
        queues[consumer.queue]?.ready.sort { $0.place < $1.place }
        touched.insert(consumer.queue)
    }

    mutating func removeQueue(_ name: String) {
        guard let queue = queues.removeValue(forKey: name) else { return }
        bindings.removeAll { $0.queue == name }
        for number in queue.readers { consumers.removeValue(forKey: number)?.reader.finish() }
    }

    /// Ends everything.
    ///
    /// - Returns: the readers, which end now.
    mutating func shutdown() -> [Reader] {
        let readers = consumers.sorted { $0.key < $1.key }.map(\.value.reader)
        self = MailRoomState()
        isClosed = true
        return readers
    }

    // MARK: - Topology

    mutating func provision(_ topology: Topology) throws -> [String] {
        for exchange in topology.exchanges where exchanges[exchange.name] == nil {
            exchanges[exchange.name] = exchange
        }
        for queue in topology.queues where queues[queue.name] == nil {
            queues[queue.name] = Queue(
                arguments: queue.arguments,
                mostMessages: queue.arguments["x-max-length"]?.integer.map { Int(clamping: $0) } ?? .max)
        }
        for binding in topology.bindings where !bindings.contains(binding) { bindings.append(binding) }
        return try verify(topology)
    }

    func verify(_ topology: Topology) throws -> [String] {
        var earlier: [String] = []
        for exchange in topology.exchanges {
            guard let found = exchanges[exchange.name] else { throw Self.missing("exchange", exchange.name) }
            if found.kind == exchange.kind, found.arguments == exchange.arguments { continue }
            guard found.kind == exchange.kind, found.arguments == exchange.earlierArguments else {
                throw MessagingError(.different, "The exchange '\(exchange.name)' exists with other arguments.")
            }
            earlier.append(exchange.name)
        }
        for queue in topology.queues {
            guard let found = queues[queue.name] else { throw Self.missing("queue", queue.name) }
            guard queue.keepsArguments || found.arguments == queue.arguments else {
                throw MessagingError(.different, "The queue '\(queue.name)' exists with other arguments.")
            }
        }
        for binding in topology.bindings where !bindings.contains(binding) {
            throw Self.missing("binding of", binding.queue)
        }
        return earlier
    }

    static func missing(_ kind: String, _ name: String) -> MessagingError {
        MessagingError(.missing, "There is no \(kind) '\(name)'.")
    }
}
