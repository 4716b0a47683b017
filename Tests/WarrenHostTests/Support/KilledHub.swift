import AMQP
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A hub over RabbitMQ with hosts that die in processes of their own, and others in the test's process that go on with what
/// they leave.
struct KilledHub: Sendable {
    /// The values that a process of its own needs to be a host of the hub.
    struct Place: Codable, Sendable {
        var hub: String
        var broker: String
        var folder: String
        var isJournalled = false

        /// The configuration of a host; `directory` is the name of its data directory in the folder.
        func configuration(_ directory: String = "data") -> HostConfiguration {
            var configuration = HostConfiguration(
                hub: hub, broker: broker, dataDirectory: "\(folder)/\(directory)", roles: [.orchestrator],
                partitionCount: KilledHub.partitions)
            configuration.storage.durability = isJournalled ? .journal : .local
            return configuration
        }
    }

    static let partitions = 2
    static let quiet = Logger(label: "killed") { _ in SwiftLogNoOpLogHandler() }

    let place: Place
    let names: TaskHubName
    let transport: AMQPTransport
    let client: TaskHubClient

    /// Runs a test against a hub without hosts, and removes it afterwards.
    static func run(
        activities: [String] = [], isJournalled: Bool = false, payloads: Bool = false,
        _ body: (KilledHub) async throws -> Void
    ) async throws {
        let hub = "killed\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)").path
        let place = Place(hub: hub, broker: try TestBroker.requireURL(), folder: folder, isJournalled: isJournalled)
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: place.broker), logger: quiet)
        try await withCleanUp {
            try await transport.provision(
                TaskHubTopology.hub(names, partitions: partitions, durability: isJournalled ? .journal : .local))
            try await transport.provision(TaskHubTopology.activities(activities, of: names))
            let claims = try payloads ? ClaimCheck.open(directory: "\(folder)/payloads", hub: hub) : nil
            let client = try await TaskHubClient(
                hub: hub, transport: transport, timeout: .seconds(60), claims: claims, logger: quiet)
            try await withCleanUp {
                try await body(
                    KilledHub(place: place, names: names, transport: transport, client: client))
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            await transport.shutdown()
            try? FileManager.default.removeItem(atPath: folder)
            try await TestBroker.remove(names, partitions: partitions, activities: activities)
        }
    }

    /// Runs a host in the test's process while `body` runs.
    func hosting(
        _ configuration: HostConfiguration, ahead: Duration = .zero, register: (TaskHubHost) -> Void,
        _ body: () async throws -> Void
    ) async throws {
        var environment = HostEnvironment.production(for: configuration)
        if ahead != .zero { environment.clock = ShiftedClock(ahead: ahead) }
        let host = try TaskHubHost(configuration, environment: environment, logger: Self.quiet)
        register(host)
        let running = RunningHost(host)
        try await withCleanUp {
            guard try await running.isReady else {
                throw try await running.failure ?? HostError(.broker, "It ended.")
            }
            try await body()
        } afterwards: {
            await running.end()
        }
    }
}
