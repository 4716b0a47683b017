import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import UnixSignals
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost
@testable import WarrenStorage

/// SIGTERM ends a process in order and within its grace period, whatever it is at.
@Suite("SIGTERM", .timeLimit(.minutes(5)))
struct SignalTests {
    private static let grace = Duration.seconds(10)
    private static let tight = Orchestration<Int, Int>("Tight")
    private static let echo = Orchestration<Int, Int>("Echo")

    /// What a host is at when the signal comes. None of it would ever end by itself.
    enum Work: String, CaseIterable, Codable { case listing, history, orchestrator }

    @Test("a host ends with status 0 within its grace period", arguments: Work.allCases)
    func ends(work: Work) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        await #expect(processExitsWith: .success) { [folder = folder as String, work = work as Work] in
            try await Self.run(work, folder: folder)
        }
        // Whatever it was at, nothing is held against it, and the files are whole.
        let record = try FlightRecord.open(directory: folder, hub: Cluster.hub)
        #expect(record.marks.isEmpty)
        let lines = LogLines()
        let store = try SQLitePartitionStore.open(
            directory: folder, hub: Cluster.hub, partition: 0, partitionCount: 1, logger: lines.logger)
        // A start over which its host is ended is not acknowledged: it comes again.
        #expect(try store.counts().instances == (work == .orchestrator ? 0 : 1))
        // Only an orchestrator that never lets go of its thread keeps its file from being closed.
        #expect(lines.count(of: "was not closed in order") == (work == .orchestrator ? 1 : 0))
        store.close()
    }

    private static func run(_ work: Work, folder: String) async throws {
        let term = Term()
        var configuration = HostConfiguration(hub: Cluster.hub, dataDirectory: folder, partitionCount: 1)
        configuration.graces.stop = grace
        let transport = InProcessTransport()
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.store = { partition, configuration, logger in
            EndlessStore(
                try SQLitePartitionStore.open(
                    directory: folder, hub: configuration.hub, partition: partition, partitionCount: 1, logger: logger),
                term)
        }
        let host = try TaskHubHost(configuration, environment: environment, logger: LogLines().logger)
        host.register(tight) { _, _ -> Int in
            term.send()
            while true { blockThread() }
        }
        host.register(echo) { _, number in number }
        let services = ServiceGroup(services: [host], gracefulShutdownSignals: [.sigterm], logger: LogLines().logger)
        async let running: Void = services.run()
        guard try await host.becomesReady() else { exit(3) }
        let client = try await TaskHubClient(hub: Cluster.hub, transport: transport, logger: LogLines().logger)
        let asking = Task {
            switch work {
            case .orchestrator: _ = try await client.start(tight, 1, id: "only")
            case .listing:
                _ = try await client.start(echo, 1, id: "only").result()
                _ = try await client.list(InstanceQuery(), timeout: .seconds(3600))
            case .history:
                _ = try await client.start(echo, 1, id: "only").result()
                _ = try await client.status(of: "only", includeHistory: true, timeout: .seconds(3600))
            }
        }
        try await running
        // Less for a question: it is cut off, and not waited for until the period is over.
        guard let length = term.passed, length < (work == .orchestrator ? grace : grace / 2) else { exit(2) }
        asking.cancel()
    }

    /// Blocks its thread for a moment, as code under test that never gives the thread back. Nothing waits for it.
    private static func blockThread() { usleep(1000) }
}

/// Sends SIGTERM to this process, once.
private final class Term: Sendable {
    private let sent = Mutex<ContinuousClock.Instant?>(nil)

    var passed: Duration? { sent.withLock { $0.map { ContinuousClock.now - $0 } } }

    func send() {
        let isFirst = sent.withLock { sent in
            defer { sent = sent ?? .now }
            return sent == nil
        }
        if isFirst { kill(getpid(), SIGTERM) }
    }
}

/// A store whose listings and histories are read without end, by SQLite.
private final class EndlessStore: ForwardingStore {
    let store: any PartitionStore
    private let file: SQLitePartitionStore
    private let term: Term

    init(_ file: SQLitePartitionStore, _ term: Term) {
        store = file
        self.file = file
        self.term = term
    }

    func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        try readForEver()
        return RecordPage(instances: [])
    }

    func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try readForEver()
        return nil
    }

    private func readForEver() throws {
        try file.readers.read { (reader) throws(StorageError) in
            term.send()
            _ = try reader.connection.integer(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
        }
    }
}
