import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

/// Hosts of one hub in the test's process: each with a clock of its own that stands still until it is moved, messages
/// inside the process, and files that outlive the hosts.
final class Cluster: Sendable {
    /// Opens a partition; tests put faults in its place.
    typealias Open = @Sendable (_ partition: Int, _ folder: String) throws -> any PartitionStore

    static let hub = "test"
    static let partitions = 2
    /// What every clock shows at first.
    static let beginning = Timestamp(Date(timeIntervalSince1970: 1_893_499_200))
    let names: TaskHubName
    let transport = InProcessTransport()
    let client: TaskHubClient
    let folder: String
    private let commits = CommitCounter()
    private let hosts = Mutex<[Task<Void, any Error>]>([])

    private init(folder: String) async throws {
        self.folder = folder
        names = try TaskHubName(Self.hub)
        try await transport.provision(TaskHubTopology.hub(names, partitions: Self.partitions))
        client = try await TaskHubClient(hub: Self.hub, transport: transport, logger: LogLines().logger)
    }

    /// Runs a test against a cluster without hosts. The hosts that it starts, it stops.
    static func run(_ body: (Cluster) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await run(in: folder, body)
    }

    /// Runs a test with the files of a folder, which stays.
    static func run(in folder: String, _ body: (Cluster) async throws -> Void) async throws {
        let cluster = try await Cluster(folder: folder)
        do {
            try await body(cluster)
        } catch {
            await cluster.end()
            throw error
        }
        await cluster.end()
    }

    private func end() async {
        // Those that a test which failed half-way left running.
        for host in hosts.withLock({ $0 }) { host.cancel() }
        await client.close()
        await transport.shutdown()
    }

    /// Starts a host and waits until it takes messages.
    ///
    /// - Parameter partitions: how many of its partitions can be opened.
    func start(
        _ roles: Set<HostConfiguration.Role> = [.orchestrator, .activity],
        configure: (inout HostConfiguration) -> Void = { _ in }, open: @escaping Open = Cluster.files,
        running partitions: Int = Cluster.partitions, record: FlightRecord = FlightRecord(),
        register: (TaskHubHost) -> Void
    ) async throws -> Node {
        var configuration = HostConfiguration(hub: Self.hub, roles: roles, partitionCount: Self.partitions)
        configure(&configuration)
        let clock = VirtualClock(Self.beginning)
        let log = LogLines()
        var environment = HostEnvironment(
            transport: { [transport] _, _ in transport }, ownsTransport: false,
            store: { [folder, commits] partition, _, _ in CountingStore(try open(partition, folder), commits) },
            flightRecord: { _ in record }, clock: clock, runner: { LocalOrchestratorRunner(functions: $0, logger: $1) },
            settleDelay: .zero)
        environment.unseenWork = commits
        let host = try TaskHubHost(configuration, environment: environment, logger: log.logger)
        register(host)
        let running = Task { try await host.run() }
        hosts.withLock { $0.append(running) }
        guard try await host.becomesReady() else {
            try await running.ended()
            throw NotReady()
        }
        // What a partition makes of its file depends on the time at which it looks.
        if roles.contains(.orchestrator) {
            try await log.wait(for: "A partition goes on", count: partitions)
            // A clock that is moved from here on must find the alarms of what is in the files.
            try await untilDone("partitions to have set their alarms") { [commits] in await commits.idle() }
        }
        return Node(clock: clock, log: log, running: running)
    }

    static let files: Open = { partition, folder in try openFile(partition, folder, pageLimit: nil) }

    /// Opens a store that fails at its first commit, and another one in its place when it is opened again.
    static func exchangedStore() -> Open {
        let isFirst = Atomic(true)
        return { partition, _ in
            let store = try InMemoryPartitionStore(hub: hub, partition: partition, partitionCount: partitions)
            let failure = StorageError(.io, "The disk went away.")
            let fails = isFirst.exchange(false, ordering: .relaxed)
            return FaultInjectingStore(store, fault: fails ? .fail(commit: 1, failure) : nil)
        }
    }

    static func openFile(_ partition: Int, _ folder: String, pageLimit: Int?) throws -> any PartitionStore {
        try SQLitePartitionStore.open(
            directory: folder, hub: hub, partition: partition, partitionCount: partitions,
            logger: LogLines().logger, pageLimit: pageLimit)
    }

    /// Waits until every message that a host has is acknowledged and every commit is durable. Returns only when no
    /// activity holds its work item.
    func rest(_ nodes: Node..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await untilDone("hosts to come to rest", sourceLocation: sourceLocation) { [commits, transport] in
            while true {
                for node in nodes { await node.clock.answered() }
                await commits.idle()
                await transport.quiescence()
                if commits.open == 0, nodes.allSatisfy(\.clock.isAnswered) { return }
            }
        }
    }

    /// How many dead letters there are.
    var deadLetters: Int {
        get async throws { try await transport.depth(of: names.deadQueue) }
    }

    /// A host of a cluster.
    struct Node: Sendable {
        let clock: VirtualClock
        let log: LogLines
        let running: Task<Void, any Error>

        /// Moves the clock on, ringing what is due, without waiting for anything.
        func pass(_ duration: Duration) {
            let end = clock.now.advanced(by: duration)
            while clock.move(to: end) {}
        }

        /// Moves the clock on until something has come of it. The host may be about to set the alarm that is due.
        func pass(
            _ duration: Duration, sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool
        ) async throws {
            pass(duration)
            try await untilSeen("something to come of an alarm", sourceLocation: sourceLocation) {
                if condition() { return true }
                pass(.zero)
                return false
            }
        }

        /// Stops the host in order, and waits until it has ended.
        func stop() async throws {
            running.cancel()
            try await running.ended()
        }
    }

    private struct NotReady: Error {}
}
