import AMQP
import AMQPMessages
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
    /// The activities whose queues go with the hub.
    private let activities: Watched<[String]>

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
        let names = try TaskHubName(name)
        let activities = Watched(host.functions.activityNames)
        let partitions = configuration.partitionCount
        try await withCleanUp {
            guard try await host.becomesReady() else {
                try await running.ended()
                return
            }
            let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
            let client = try await TaskHubClient(hub: name, transport: transport, logger: logger)
            try await withCleanUp {
                try await body(
                    BrokerHub(
                        name: name, names: names, url: url, transport: transport, client: client,
                        activities: activities))
            } afterwards: {
                await client.close()
                await transport.shutdown()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            try await TestBroker.remove(names, partitions: partitions, activities: activities.value)
        }
    }

    /// Publishes a message as any AMQP client would, and waits until the broker has it.
    func publish(_ message: OutboundMessage) async throws -> PublishOutcome {
        try await transport.outcome(of: message)
    }

    /// Makes the queues of activities that the hub's own host does not run.
    func provision(_ activities: [String]) async throws {
        self.activities.change { $0 += activities }
        try await transport.provision(TaskHubTopology.activities(activities, of: names))
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
}
