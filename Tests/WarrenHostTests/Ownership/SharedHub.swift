import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// A hub with journals inside the process, and hosts that share it, each with files and a log of its own.
final class SharedHub: Sendable {
    static let greet = Orchestration<String, String>("Greet")
    static let name = ExternalEvent<String>("Name")
    static let chain = Orchestration<Int, Int>("Chain")
    static let later = Orchestration<Int, String>("Later")
    static let add = Activity<Int, Int>("Add")

    let hub: String
    let partitions: Int
    let names: TaskHubName
    let transport = InProcessTransport()
    let client: TaskHubClient
    let folder: String
    private let hosts = Watched<[RunningHost]>([])

    /// A host of the hub.
    struct Member: Sendable {
        let id: String
        let running: RunningHost
        let log: LogLines

        func stop() async throws { try await running.stop() }
    }

    private init(partitions: Int) async throws {
        hub = "shared"
        self.partitions = partitions
        names = try TaskHubName(hub)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        try await transport.provision(TaskHubTopology.hub(names, partitions: partitions, durability: .journal))
        client = try await TaskHubClient(hub: hub, transport: transport, logger: OwnershipBench.logger)
    }

    static func run(partitions: Int = 4, _ body: (SharedHub) async throws -> Void) async throws {
        let hub = try await SharedHub(partitions: partitions)
        try await withCleanUp {
            try await body(hub)
        } afterwards: {
            for host in hub.hosts.value { await host.end() }
            await hub.client.close()
            await hub.transport.shutdown()
            try? FileManager.default.removeItem(atPath: hub.folder)
        }
    }

    /// Makes a host, and does not wait for it.
    ///
    /// - Parameters:
    ///   - directory: the name of its data directory, if it is another one than its own.
    ///   - knows: the orchestrations that it runs, besides the activity.
    ///   - files: changes the place of its files.
    func launch(
        _ id: String, directory: String? = nil, ahead: Duration = .zero,
        knows: Set<String> = ["Greet", "Chain", "Later"],
        files: (@Sendable (any PartitionFiles) -> any PartitionFiles)? = nil
    ) throws -> Member {
        var configuration = HostConfiguration(
            hub: hub, dataDirectory: "\(folder)/\(directory ?? id)", partitionCount: partitions)
        configuration.storage.durability = .journal
        configuration.graces.stop = .seconds(5)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { [transport] _, _ in transport }
        environment.ownsTransport = false
        environment.hostID = id
        if let files {
            environment.files = { [files, before = environment.files] in files(before($0, $1, $2)) }
        }
        if ahead != .zero { environment.clock = ShiftedClock(ahead: ahead) }
        let log = LogLines()
        let host = try TaskHubHost(configuration, environment: environment, logger: log.logger)
        if knows.contains("Greet") {
            host.register(Self.greet) { context, word in "\(word) \(try await context.wait(for: Self.name))!" }
        }
        if knows.contains("Chain") {
            host.register(Self.chain) { context, length in
                var sum = 0
                for _ in 0..<length { sum = try await context.call(Self.add, sum) }
                return sum
            }
        }
        if knows.contains("Later") {
            host.register(Self.later) { context, seconds in
                try await context.sleep(for: .seconds(seconds))
                return "later"
            }
        }
        host.register(Self.add) { number in number + 1 }
        let running = RunningHost(host)
        hosts.change { $0.append(running) }
        return Member(id: id, running: running, log: log)
    }

    /// Starts a host and waits until it takes part.
    func start(
        _ id: String, ahead: Duration = .zero, knows: Set<String> = ["Greet", "Chain", "Later"],
        files: (@Sendable (any PartitionFiles) -> any PartitionFiles)? = nil
    ) async throws -> Member {
        let member = try launch(id, ahead: ahead, knows: knows, files: files)
        guard try await member.running.isReady else {
            throw try await member.running.failure ?? HostError(.broker, "It ended.")
        }
        return member
    }

    /// The hosts that say that they own the partitions; `nil` for one that nobody says it owns.
    func owners() async throws -> [String?] {
        let sharing = try await TaskHubProvisioning(hub: names, transport: transport)
            .sharing(partitions: partitions)
        return sharing.partitions.map { $0.owner?.host }
    }

    /// Waits until the hosts say that the partitions are as they should be.
    func owners(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ isRight: ([String?]) -> Bool
    ) async throws {
        try await untilSeen(what, sourceLocation: sourceLocation) { isRight(try await owners()) }
    }

    /// An ID of an instance of a partition.
    func id(_ word: String, in partition: Int) -> String {
        (0...).lazy.map { "\(word)-\($0)" }
            .first { Partitioning.partition(of: $0, count: self.partitions) == partition } ?? ""
    }

    /// One ID for each partition.
    func ids(_ word: String) -> [String] { (0..<partitions).map { id(word, in: $0) } }

    /// Runs a chain in each partition to its end.
    func expectWork(_ word: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for id in ids(word) { _ = try await client.start(Self.chain, 5, id: id) }
        for id in ids(word) {
            #expect(try await client.output(of: id).json == "5", "\(id)", sourceLocation: sourceLocation)
        }
    }
}
