import AMQPMessages
import DequeModule

/// The state of an in-process transport: exchanges, queues, consumers, publishes. Pure: it decides, and its owner acts.
///
/// Publishing and dispatching are here; see `+Consumers`, `+Streams` and `+Topology` for the rest.
struct InProcessBroker {
    var exchanges: [String: BrokerExchange] = [:]
    /// Queues by number; a removed reply queue leaves `nil` and its number is used again.
    var queues: [BrokerQueue?] = []
    var freeQueues: [Int] = []
    var queueNumbers: [String: Int] = [:]
    /// Open consumers by number. Numbers are not used again: they distinguish old tags from new ones.
    var consumers: [Int: BrokerConsumer] = [:]
    var lastConsumer = 0
    /// Readers of streams, numbered together with the consumers.
    var tails: [Int: BrokerTail] = [:]
    /// Why subscriptions ended that nobody closed, until their readers learn it.
    var failures: [Int: MessagingError] = [:]
    /// Faults that tests planted, by stream.
    var faults: [String: [StreamFault]] = [:]
    /// The locks that consumers hold, or are about to hold.
    var locks: Set<String> = []
    var isClosed = false
    /// The size limit of a body, as over a broker.
    var messageLimit = 8 << 20

    /// Publishes that wait, by number, and their known outcomes in the order in which they became known.
    var publishes: [BrokerPublish?] = []
    var freePublishes: [Int] = []
    var completions: [(BrokerPublish.Completion, [PublishOutcome])] = []
    var isRunningCompletions = false

    /// The number of messages that are not settled: in work queues, as their publishers see it.
    var unsettled = 0
    /// The number of messages in queues that have a consumer.
    var busy = 0
    var lastWaiter = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]

    /// The queues that have messages to deliver, and consumers with new deliveries, of the present call.
    private var touchedQueues: [Int] = []
    var touchedConsumers: [Int] = []
    var touchedStreams: [Int] = []
    private var routed: [Int] = []

    // MARK: - Publishing

    mutating func publish(_ messages: [BrokerQueue.Message], _ completion: @escaping BrokerPublish.Completion)
        -> BrokerActions
    {
        guard !isClosed else {
            let outcomes = messages.map { _ in PublishOutcome.unknown(reason: "the transport is shut down") }
            completions.append((completion, outcomes))
            return finish()
        }
        let number = freePublishes.popLast() ?? publishes.count
        if number == publishes.count { publishes.append(nil) }
        publishes[number] = BrokerPublish(count: messages.count, completion: completion)
        // Counts one more than there are messages, so that the publish cannot be complete before all of them are added.
        publishes[number]?.unsettled = 1
        for (index, message) in messages.enumerated() { take(message, .init(publish: number, index: index)) }
        publishes[number]?.unsettled -= 1
        if publishes[number]?.unsettled == 0 { complete(number) }
        return finish()
    }

    private mutating func take(_ stored: BrokerQueue.Message, _ receipt: BrokerQueue.Receipt) {
        routed.removeAll(keepingCapacity: true)
        guard stored.content.body.count <= messageLimit else {
            publishes[receipt.publish]?.outcomes[receipt.index] =
                .tooLarge(bytes: stored.content.body.count, limit: messageLimit)
            return
        }
        guard route(stored.content) else {
            // As with a broker: no queue has the message, and sending it again is of no use before the exchange exists.
            publishes[receipt.publish]?.outcomes[receipt.index] =
                .returned(code: 404, text: "NOT_FOUND - no exchange '\(stored.content.exchange)'")
            return
        }
        if routed.isEmpty {
            if stored.isMandatory {
                publishes[receipt.publish]?.outcomes[receipt.index] = .returned(code: 312, text: "NO_ROUTE")
            }
            return
        }
        var open: Int32 = 0
        for number in routed {
            guard let queue = queues[number] else { continue }
            if queue.stream != nil {
                if store(stored.content, in: number, receipt) { open += 1 }
                continue
            }
            if queue.isFull {
                guard queue.dropsHead else {
                    publishes[receipt.publish]?.outcomes[receipt.index] = .refused
                    continue
                }
                dropHead(of: queue)
            }
            let waits = queue.confirmsOnAcknowledge
            queue.append(stored, receipt: waits ? receipt : nil)
            if waits { open += 1 }
            if !queue.consumers.isEmpty { busy += 1 }
            touch(number)
        }
        if open > 0 {
            publishes[receipt.publish]?.open[receipt.index] = open
            publishes[receipt.publish]?.unsettled += 1
            unsettled += 1
        }
    }

    /// Finds the queues of a message. Returns false if there is no such exchange.
    private mutating func route(_ message: InboundMessage) -> Bool {
        if message.exchange.isEmpty {
            if let queue = queueNumbers[message.routingKey] { routed.append(queue) }
            return true
        }
        guard var exchange = exchanges[message.exchange] else { return false }
        // Follows alternates of alternates, but never in a circle.
        for _ in 0..<8 {
            exchange.route(message.routingKey, into: &routed)
            if !message.properties.headers.isEmpty, case .array(let keys)? = message.properties.headers["CC"] {
                for case .string(let key) in keys { exchange.route(key, into: &routed) }
            }
            guard routed.isEmpty, let name = exchange.alternate, let next = exchanges[name] else { return true }
            exchange = next
        }
        return true
    }

    private mutating func dropHead(of queue: BrokerQueue) {
        guard let dropped = queue.ready.popFirst() else { return }
        if !queue.consumers.isEmpty { busy -= 1 }
        if let receipt = dropped.receipt { settle(receipt) }
    }

    /// Settles a message for one of its queues.
    mutating func settle(_ receipt: BrokerQueue.Receipt) {
        publishes[receipt.publish]?.open[receipt.index] -= 1
        guard publishes[receipt.publish]?.open[receipt.index] == 0 else { return }
        unsettled -= 1
        publishes[receipt.publish]?.unsettled -= 1
        if publishes[receipt.publish]?.unsettled == 0 { complete(receipt.publish) }
    }

    private mutating func complete(_ number: Int) {
        guard let publish = publishes[number] else { return }
        publishes[number] = nil
        freePublishes.append(number)
        completions.append((publish.completion, publish.outcomes))
    }

    // MARK: - Handing out

    mutating func touch(_ queue: Int) {
        if touchedQueues.last != queue { touchedQueues.append(queue) }
    }

    /// Delivers what can be delivered, and returns the actions to carry out once the lock is released.
    mutating func finish() -> BrokerActions {
        for number in touchedQueues { if let queue = queues[number] { dispatch(queue) } }
        touchedQueues.removeAll(keepingCapacity: true)

        var actions = BrokerActions()
        for number in touchedConsumers {
            guard let consumer = consumers[number], let waiter = consumer.waiter, !consumer.mailbox.isEmpty else {
                continue
            }
            let batch = consumer.mailbox
            consumer.waiter = nil
            consumer.mailbox = []
            taken(batch.count, by: consumer)
            actions.resume.append((waiter, .deliveries(batch)))
        }
        touchedConsumers.removeAll(keepingCapacity: true)
        wakeTails(&actions)
        if !completions.isEmpty && !isRunningCompletions {
            isRunningCompletions = true
            actions.runsCompletions = true
        }
        if !waiters.isEmpty && isQuiescent {
            actions.quiescent = waiters.sorted { $0.key < $1.key }.map(\.value)
            waiters = [:]
        }
        return actions
    }

    var isQuiescent: Bool { busy == 0 && completions.isEmpty && !isRunningCompletions && areTailsAtEnd }

    /// Handles messages read by a reader that does not acknowledge: they count as acknowledged.
    mutating func taken(_ count: Int, by consumer: BrokerConsumer) {
        guard !consumer.acknowledges else { return }
        busy -= count
        queues[consumer.queue]?.unacknowledged -= count
    }

    private mutating func dispatch(_ queue: BrokerQueue) {
        while !queue.ready.isEmpty, let consumer = nextConsumer(of: queue), let entry = queue.ready.popFirst() {
            queue.unacknowledged += 1
            deliver(entry, to: consumer)
        }
    }

    /// The consumer that may have the next message: the active one, or the next in turn.
    private func nextConsumer(of queue: BrokerQueue) -> BrokerConsumer? {
        guard let active = queue.consumers.first else { return nil }
        let count = queue.consumers.count
        if queue.isSingleActive || count == 1 { return active.hasCredit ? active : nil }
        for step in 0..<count {
            let index = (queue.turn + step) % count
            let consumer = queue.consumers[index]
            if consumer.hasCredit {
                queue.turn = (index + 1) % count
                return consumer
            }
        }
        return nil
    }

    private mutating func deliver(_ entry: BrokerQueue.Entry, to consumer: BrokerConsumer) {
        if consumer.mailbox.isEmpty { touchedConsumers.append(consumer.number) }
        consumer.deliver(entry)
        if !consumer.acknowledges, let receipt = entry.receipt { settle(receipt) }
    }
}
