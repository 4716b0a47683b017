import AMQP
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A task hub of its own on the real broker, with its host in the test's process and its history in a folder.
struct BrokerHub: Sendable {
    let name: String
    let names: TaskHubName
    let url: String
    let transport: AMQPTransport
    let client: TaskHubClient

    /// The address as amqp-tools want it: they take a closing slash for a virtual host without a name.
    var toolURL: String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    /// Runs a test against a fresh hub, and removes it afterwards.
    static func run(
        logger hostLogger: Logger? = nil, configure: (inout HostConfiguration) -> Void = { _ in },
        register: (TaskHubHost) -> Void,
        _ body: (BrokerHub) async throws -> Void
    ) async throws {
        let url = try TestBroker.requireURL()
        let name = "test\(UInt32.random(in: 0...UInt32.max))"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(name)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = HostConfiguration(hub: name, broker: url, dataDirectory: folder.path)
        configure(&configuration)
        let host = try TaskHubHost(configuration, logger: hostLogger ?? logger)
        register(host)
        let running = Task { try await host.run() }
        guard await host.isReady else {
            try await running.value
            return
        }
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        let client = try await TaskHubClient(hub: name, transport: transport, logger: logger)
        let hub = BrokerHub(
            name: name, names: try TaskHubName(name), url: url, transport: transport, client: client)
        let result: Result<Void, any Error>
        do {
            try await body(hub)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await client.close()
        running.cancel()
        _ = await running.result
        try await hub.remove(host.functions.activityNames, partitions: configuration.partitionCount)
        await transport.shutdown()
        try result.get()
    }

    /// Publishes a message as any AMQP client would, and waits until the broker has it.
    func publish(_ message: OutboundMessage) async -> PublishOutcome {
        await withCheckedContinuation { continuation in
            transport.publish([message]) { continuation.resume(returning: $0[0]) }
        }
    }

    /// The next dead letter.
    func nextDeadLetter(
        _ letters: inout AsyncThrowingStream<[InboundMessage], any Error>.AsyncIterator, _ rest: inout [InboundMessage]
    ) async throws -> InboundMessage {
        while rest.isEmpty {
            rest = try #require(try await letters.next(isolation: nil), "The dead-letter queue was closed.")
        }
        return rest.removeFirst()
    }

    private func remove(_ activities: [String], partitions: Int) async throws {
        let connection = try await AMQPConnection.open(
            AMQPConfiguration(url: url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let channel = try await connection.openChannel()
        let hub = TaskHubTopology.hub(names, partitions: partitions)
        for queue in hub.queues { _ = try await channel.deleteQueue(queue.name) }
        for name in activities { _ = try await channel.deleteQueue(names.activityQueue(name)) }
        for exchange in hub.exchanges { try await channel.deleteExchange(exchange.name) }
        await connection.close()
    }
}
