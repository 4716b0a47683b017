import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import Patterns
@testable import WarrenHost

/// A hub that a host of the version before left behind when it was killed, and hosts of this version, inside the process.
///
/// `scripts/before_fixtures.py` made what is in `Fixtures`, and says what it is. The clock shows the year 2030: every timer that
/// the version before set is due, but those of approvals.
struct BeforeHub: Sendable {
    static let partitions = 2
    let names: TaskHubName
    let durability: Durability
    let transport = InProcessTransport()
    let client: TaskHubClient
    let folder: String
    private let hosts = Watched<[RunningHost]>([])

    private init(_ hub: String, _ durability: Durability) async throws {
        names = try TaskHubName(hub)
        self.durability = durability
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        try FileManager.default.createDirectory(atPath: "\(folder)/jobs", withIntermediateDirectories: true)
        try await transport.provision(
            TaskHubTopology.hub(names, partitions: Self.partitions, durability: durability))
        client = try await TaskHubClient(hub: hub, transport: transport, logger: OwnershipBench.logger)
    }

    /// Runs a test with the files, or the journals, of the version before.
    static func run(_ durability: Durability, of version: String, _ body: (BeforeHub) async throws -> Void) async throws
    {
        let hub = try await BeforeHub(durability == .journal ? "test-journal" : "test", durability)
        try await withCleanUp {
            switch durability {
            case .journal: try await hub.fillJournals(of: version)
            default: try await hub.unpack(version)
            }
            try await body(hub)
        } afterwards: {
            for host in hub.hosts.value { await host.end() }
            await hub.client.close()
            await hub.transport.shutdown()
            try? FileManager.default.removeItem(atPath: hub.folder)
        }
    }

    private static func fixture(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures"), "\(name)")
    }

    private func unpack(_ version: String) async throws {
        let archive = try Self.fixture("\(version).tar.gz")
        let done = try await Program.run("tar", ["-xzf", archive.path, "-C", folder])
        try #require(done.exitCode == 0, "\(done.errors)")
    }

    private func fillJournals(of version: String) async throws {
        for partition in 0..<Self.partitions {
            let text = try String(contentsOf: Self.fixture("\(version).journal.0\(partition).txt"), encoding: .utf8)
            let stream = names.journalStream(partition, of: Self.partitions)
            let records = try text.split(separator: "\n").map { line in
                let bytes = try #require(Data(base64Encoded: String(line)))
                return OutboundMessage(exchange: "", routingKey: stream, properties: .init(), body: Array(bytes))
            }
            #expect(try await transport.outcomes(of: records).allSatisfy { $0 == .confirmed })
        }
    }

    /// Starts a host of this version and waits until it takes messages.
    func start() async throws -> RunningHost {
        var configuration = HostConfiguration(
            hub: names.text, dataDirectory: folder, partitionCount: Self.partitions)
        configuration.storage.durability = durability
        configuration.graces.stop = .seconds(5)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { [transport] _, _ in transport }
        environment.ownsTransport = false
        environment.clock = ShiftedClock(
            ahead: Cluster.beginning.duration(since: SystemHostClock().now))
        let host = try TaskHubHost(configuration, environment: environment, logger: OwnershipBench.logger)
        registerPatterns(with: host, jobs: "\(folder)/jobs")
        let running = RunningHost(host)
        hosts.change { $0.append(running) }
        guard try await running.isReady else {
            throw try await running.failure ?? HostError(.broker, "It ended.")
        }
        return running
    }
}
