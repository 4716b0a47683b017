import AMQPMessages
import DequeModule
import WarrenMessaging

/// A broker that keeps the messages that it has confirmed, and the order within each queue; everything else may go
/// wrong.
package final class SimBroker: @unchecked Sendable {
    /// A message in a queue.
    struct Entry {
        var number: Int
        var message: InboundMessage
    }

    /// A queue, with one consumer or several.
    final class Queue {
        let name: String
        var ready: Deque<Entry> = []
        var consumers: [SimConsumer] = []
        var isDelivering = false
        var turn = 0
        /// The time until which it accepts nothing, or does not exist.
        var troubleUntil: Int64 = 0
        var isMissing = false

        init(_ name: String) { self.name = name }
    }

    let world: SimWorld
    let faults: SimFaults
    let names: TaskHubName
    /// Called with every message that arrives, and its outcome.
    var onArrival: (OutboundMessage, SimConnection, PublishOutcome) -> Void = { _, _, _ in }
    private(set) var queues: [String: Queue] = [:]
    /// The journals of the partitions.
    private(set) var streams: [String: SimStream] = [:]
    /// The time until which a broker that starts again has no streams.
    var streamsReturn: Int64 = 0
    /// The time after which a publisher gives up a confirm that does not come, in microseconds; shorter than it is, because
    /// the runs are short.
    static let confirmPatience: Int64 = 1_000_000
    /// The same for a record of a stream. It is long: the partition must go on by what it reads, and not by this outcome.
    static let recordPatience: Int64 = 30_000_000
    /// The dead letters. They have no reader, and neither have console lines.
    private(set) var deadLetters: [InboundMessage] = []
    private var lastEntry = 0

    init(_ world: SimWorld, _ faults: SimFaults, names: TaskHubName, partitions: Int) {
        self.world = world
        self.faults = faults
        self.names = names
        let topology = TaskHubTopology.hub(names, partitions: partitions)
        for queue in topology.queues { queues[queue.name] = Queue(queue.name) }
        let activity = names.activityQueue(SimProgram.activityName)
        queues[activity] = Queue(activity)
        for partition in 0..<partitions {
            let name = names.journalStream(partition, of: partitions)
            streams[name] = SimStream(name, partition: partition)
        }
    }

    /// Declares a stream for a snapshot.
    func declareStream(_ name: String) {
        if streams[name] == nil { streams[name] = SimStream(name, partition: streams.count, kind: "snapshot") }
    }

    func deleteStream(_ name: String) {
        streams[name]?.end()
        streams[name] = nil
    }

    func declare(_ name: String) { queues[name] = Queue(name) }

    /// The number of messages in each queue that has to be read.
    var unread: [String: Int] {
        queues.mapValues { $0.ready.count + $0.consumers.reduce(0) { $0 + $1.unacknowledged.count } }
            .filter { $0.value > 0 }
    }

    /// Returns the queue of a message; `nil` if there is none.
    private func route(_ message: OutboundMessage) -> Queue? {
        switch message.exchange {
        case "": queues[message.routingKey]
        case names.startExchange, names.eventExchange, names.entityExchange, names.controlExchange:
            queues[names.intakeQueue]
        case names.queryExchange: queues[names.queryQueue]
        case names.resultExchange: queues[message.routingKey]
        case names.activityExchange: queues[names.activityQueue(message.routingKey)]
        case names.partitionExchange:
            if message.routingKey.hasSuffix(".intake") {
                queues[
                    names.detourQueue(Int(message.routingKey.dropLast(".intake".count)) ?? 0, of: 2)]
            } else {
                queues[names.partitionQueue(Int(message.routingKey) ?? 0, of: 2)]
            }
        default: nil
        }
    }

    /// Handles the arrival of a message.
    func arrive(_ message: OutboundMessage, from connection: SimConnection, entity: String) -> PublishOutcome {
        let outcome = take(message, entity: entity)
        onArrival(message, connection, outcome)
        return outcome
    }

    private func take(_ message: OutboundMessage, entity: String) -> PublishOutcome {
        let inbound = InboundMessage(message)
        if message.exchange == names.deadExchange {
            deadLetters.append(inbound)
            return .confirmed
        }
        if message.exchange == names.lifecycleExchange || message.exchange == names.consoleExchange {
            return .confirmed
        }
        guard let queue = route(message) else {
            return message.isMandatory ? .returned(code: 312, text: "NO_ROUTE") : .confirmed
        }
        if !faults.isOver, queue.troubleUntil > world.time {
            return queue.isMissing ? .returned(code: 312, text: "NO_ROUTE") : .refused
        }
        if faults.strikes(.refused, of: entity) != nil { return .refused }
        var copies = 1
        // A message without an ID may take effect twice, so only messages with one are duplicated.
        let isNamed =
            message.properties.messageID != nil || message.properties.correlationID != nil
            || message.exchange == names.partitionExchange
        if isNamed, faults.strikes(.duplicate, of: entity) != nil { copies = 2 }
        for _ in 0..<copies {
            lastEntry += 1
            queue.ready.append(Entry(number: lastEntry, message: inbound))
        }
        deliver(queue)
        return .confirmed
    }

    func consume(_ name: String, _ consumer: SimConsumer) {
        guard let queue = queues[name] else { return }
        queue.consumers.append(consumer)
        deliver(queue)
    }

    func end(_ consumer: SimConsumer) {
        guard let queue = queues[consumer.queue] else { return }
        queue.consumers.removeAll { $0 === consumer }
        giveBack(consumer, queue)
    }

    /// Ends a consumer's channel: its deliveries go back, in order, and it consumes again on another one.
    func endChannel(of consumer: SimConsumer) {
        guard let queue = queues[consumer.queue] else { return }
        giveBack(consumer, queue)
        consumer.channel += 1
        deliver(queue)
    }

    private func giveBack(_ consumer: SimConsumer, _ queue: Queue) {
        let entries = consumer.unacknowledged.sorted { $0.value.number < $1.value.number }.map { _, entry in
            var entry = entry
            entry.message.isRedelivered = true
            return entry
        }
        consumer.unacknowledged = [:]
        // The merge keeps the order of each queue.
        var merged = entries + queue.ready
        if !entries.isEmpty, !queue.ready.isEmpty { merged.sort { $0.number < $1.number } }
        queue.ready = Deque(merged)
        if !queue.ready.isEmpty { deliver(queue) }
    }

    func acknowledged(_ tags: [DeliveryTag], by consumer: SimConsumer) {
        for tag in tags where tag.channel == consumer.channel { consumer.unacknowledged[tag.number] = nil }
        if let queue = queues[consumer.queue] { deliver(queue) }
    }

    /// Delivers messages with a delay that differs between queues, so that queues overtake each other.
    func deliver(_ queue: Queue) {
        guard !queue.isDelivering, !queue.ready.isEmpty, !queue.consumers.isEmpty else { return }
        queue.isDelivering = true
        world.after(faults.delay("deliver", queue.name, most: 2000)) { [self] in
            queue.isDelivering = false
            handOut(queue)
        }
    }

    private func handOut(_ queue: Queue) {
        var batches: [(SimConsumer, [InboundMessage])] = []
        while let entry = queue.ready.first {
            guard let consumer = nextConsumer(of: queue) else { break }
            queue.ready.removeFirst()
            consumer.lastTag += 1
            var message = entry.message
            message.tag = DeliveryTag(channel: consumer.channel, number: consumer.lastTag)
            consumer.unacknowledged[consumer.lastTag] = entry
            if let index = batches.firstIndex(where: { $0.0 === consumer }) {
                batches[index].1.append(message)
            } else {
                batches.append((consumer, [message]))
            }
        }
        for (consumer, messages) in batches {
            world.trace { "deliver \(queue.name) \(messages.map { SimNames.of($0) }.joined(separator: " "))" }
            consumer.take(messages)
            if faults.strikes(.channelLost, of: queue.name) != nil {
                world.after(faults.delay("channel", queue.name, most: 5000)) { [self] in
                    guard queue.consumers.contains(where: { $0 === consumer }) else { return }
                    endChannel(of: consumer)
                }
            }
        }
    }

    private func nextConsumer(of queue: Queue) -> SimConsumer? {
        let isShared = queue.name == names.activityQueue(SimProgram.activityName)
        let count = isShared ? queue.consumers.count : min(1, queue.consumers.count)
        for offset in 0..<count {
            let index = (queue.turn + offset) % count
            let consumer = queue.consumers[index]
            guard consumer.unacknowledged.count < consumer.prefetch else { continue }
            queue.turn = (index + 1) % count
            return consumer
        }
        return nil
    }
}
