package import AMQPMessages
import Warren
package import WarrenMessaging

/// A transport with a fresh hub on it, and short words for what the suite does with it.
public struct TransportBench: Sendable {
    package let transport: any MessageTransport
    package let hub: TaskHubName
    package let findings: ComplianceFindings

    /// Makes a bench on a transport on which ``topology`` is provisioned.
    package init(transport: any MessageTransport, hub: TaskHubName, findings: ComplianceFindings = .init()) {
        self.transport = transport
        self.hub = hub
        self.findings = findings
    }

    /// A hub of two partitions with the activity `Work`.
    package var topology: Topology {
        var topology = TaskHubTopology.hub(hub, partitions: 2)
        let activities = TaskHubTopology.activities(["Work"], of: hub)
        topology.queues += activities.queues
        topology.bindings += activities.bindings
        return topology
    }

    /// An exchange of a check's own, which nothing is bound to.
    package var deaf: Topology.Exchange { .init(name: "\(hub).nothing", kind: .topic) }

    /// The name of the stream beside the hub's queues.
    package var streamName: String { hub.journalStream(7, of: 8) }

    /// A stream beside the hub's queues.
    package var stream: Topology {
        Topology(queues: [
            .init(
                name: streamName,
                arguments: ["x-queue-type": "stream", "x-max-length-bytes": .int64(64 << 20)])
        ])
    }

    package func message(
        _ number: Int, exchange: String, key: String, isMandatory: Bool = true
    ) -> OutboundMessage {
        OutboundMessage(
            exchange: exchange, routingKey: key, isMandatory: isMandatory, properties: .init(isPersistent: true),
            body: Array(String(number).utf8))
    }

    package func work(_ numbers: Range<Int>) -> [OutboundMessage] {
        numbers.map { message($0, exchange: hub.activityExchange, key: "Work") }
    }

    package func intake(_ numbers: Range<Int>) -> [OutboundMessage] {
        numbers.map { message($0, exchange: hub.startExchange, key: "Hello") }
    }

    /// Publishes without waiting.
    package func send(_ messages: [OutboundMessage]) -> PendingOutcomes {
        let pending = PendingOutcomes(findings)
        transport.publish(messages) { pending.finish($0) }
        return pending
    }

    /// Publishes records to the stream.
    package func append(_ numbers: Range<Int>) async throws -> [PublishOutcome] {
        try await send(numbers.map { message($0, exchange: "", key: streamName) }).value
    }

    package func reader(of queue: String, prefetch: Int = 100) async throws -> QueueReader {
        QueueReader(try await transport.consume(queue, prefetch: prefetch))
    }

    /// Runs a part of a check with an empty stream of its own.
    func withStream(_ body: (String) async throws -> Void) async throws {
        try await transport.provision(stream)
        try await body(streamName)
        try await transport.deleteQueue(streamName)
    }

    /// Deletes everything that a check may have made, as far as the transport can delete.
    func removeHub(by transport: any MessageTransport) async {
        let journalled = TaskHubTopology.hub(hub, partitions: 2, durability: .journal)
        for queue in Set((topology.queues + journalled.queues + stream.queues).map(\.name)) {
            // What is missing is no error, and a transport that deletes nothing has nothing that stays.
            try? await transport.deleteQueue(queue)
        }
        for exchange in Set((topology.exchanges + journalled.exchanges + [deaf]).map(\.name)) {
            try? await transport.deleteExchange(exchange)
        }
    }

    func expect(
        _ holds: Bool, _ text: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
    ) {
        findings.expect(holds, text(), file: file, line: line)
    }

    func require<Value>(_ value: Value?, file: StaticString = #fileID, line: UInt = #line) throws -> Value {
        try findings.require(value, file: file, line: line)
    }

    func require(_ holds: Bool, file: StaticString = #fileID, line: UInt = #line) throws {
        try findings.require(holds, file: file, line: line)
    }

    func fail(_ text: String, file: StaticString = #fileID, line: UInt = #line) {
        findings.fail(text, file: file, line: line)
    }
}

extension [InboundMessage] {
    /// The numbers that the bench gave them.
    package var numbers: [Int] { compactMap { Int(String(decoding: $0.body, as: UTF8.self)) } }
}
