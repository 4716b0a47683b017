import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging

/// Counts work items and the results of workers, of which a queue gets copies.
struct WorkCounter {
    /// The work that was asked for: its idempotency key, by the token that each answer names.
    private var keys: [String: String] = [:]
    /// The tokens of the answers that have a result.
    private var answers: Set<String> = []

    /// The queue that keeps the copies until they are counted.
    static func queue(_ names: TaskHubName) -> Topology.Queue {
        Topology.Queue(name: "\(names).test.work", arguments: ["x-queue-type": "quorum"])
    }

    static func topology(_ names: TaskHubName, _ activities: [String], partitions count: Int) -> Topology {
        let queue = queue(names)
        let results = (0..<count).map { names.partitionQueue($0, of: count) }
        return Topology(
            queues: [queue],
            bindings: activities.map { .init(queue: queue.name, exchange: names.activityExchange, routingKey: $0) }
                + results.map { .init(queue: queue.name, exchange: names.resultExchange, routingKey: $0) })
    }

    /// Reads the queue up to its present end.
    static func read(_ names: TaskHubName, _ transport: any MessageTransport) async throws -> WorkCounter {
        var counter = WorkCounter()
        let queue = queue(names).name
        let end = OutboundMessage(
            routingKey: queue, properties: MessageProperties(isPersistent: true, messageID: "end"), body: [])
        #expect(try await transport.outcome(of: end) == .confirmed)
        let subscription = try await transport.consume(queue, prefetch: 500)
        var isOver = false
        for try await batch in subscription.batches {
            for message in batch {
                if message.properties.messageID == "end" { isOver = true } else { counter.add(message) }
            }
            subscription.acknowledge(batch.map(\.tag))
            if isOver { break }
        }
        await subscription.close()
        return counter
    }

    private mutating func add(_ message: InboundMessage) {
        guard let token = message.properties.correlationID else { return }
        if let key = message.properties.headers[WireHeader.idempotencyKey]?.string {
            keys[token] = key
        } else if message.properties.headers[WireHeader.status]?.string == WireStatus.ok.rawValue {
            answers.insert(token)
        }
    }

    /// Each piece of work has one key, however often and by whichever host it was asked for; under each key it ran to its
    /// result.
    func expectOnce(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        let asked = Set(keys.values)
        #expect(asked.count == count, "keys of activities", sourceLocation: sourceLocation)
        let done = Set(answers.compactMap { keys[$0] })
        #expect(done == asked, "\(asked.subtracting(done).sorted().prefix(20))", sourceLocation: sourceLocation)
    }
}
