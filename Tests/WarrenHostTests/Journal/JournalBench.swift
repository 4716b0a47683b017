import Foundation
import Logging
import TestSupport
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// A partition's journal inside the process, and the files of hosts that share it.
struct JournalBench: Sendable {
    static let hub = "test"
    let names: TaskHubName
    let transport = InProcessTransport()
    let clock = VirtualClock(Timestamp(microseconds: 1_893_499_200_000_000))
    let folder: String
    let log = LogLines()
    var recorded: String?
    /// Called before a host is told to which store the partition belongs, instead of `recorded`.
    var askedForStore: (@Sendable () async throws -> String?)?
    var journalBytes = 64 << 20
    /// Changes the place of the files.
    var changedFiles: @Sendable (any PartitionFiles) -> any PartitionFiles = { $0 }

    /// Runs a test with an empty journal and an empty folder.
    static func run(_ body: (JournalBench) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = JournalBench(names: try TaskHubName(hub), folder: folder)
        try await bench.transport.provision(
            TaskHubTopology.hub(bench.names, partitions: 1, durability: .journal, journalBytes: bench.journalBytes))
        try await body(bench)
        await bench.transport.shutdown()
    }

    var stream: String { names.journalStream(0, of: 1) }

    /// Opens the partition as a host does that has a data directory of its own.
    func open(_ host: String = "a") async throws -> JournaledStore {
        let files = SQLitePartitionFiles(
            directory: "\(folder)/\(host)", hub: Self.hub, partition: 0, partitionCount: 1, logger: log.logger)
        let (recorded, asked) = (recorded, askedForStore)
        let opening = JournalOpening(
            files: changedFiles(files),
            around: JournaledStore.Surroundings(
                journal: PartitionJournal(names, partition: 0, of: 1, on: transport),
                hostID: host, clock: clock,
                random: .system, doubtAfter: .milliseconds(500), journalBytes: journalBytes, logger: log.logger),
            partition: 0, partitionCount: 1, recordedStore: { try await asked?() ?? recorded }, names: names)
        return try await opening.open()
    }

    /// Opens the partition and claims it.
    func own(_ host: String = "a") async throws -> JournaledStore {
        let store = try await open(host)
        try await store.begin()
        return store
    }

    /// A commit that adds rows of the outbox.
    static func commit(_ numbers: ClosedRange<Int64>) -> PartitionCommit {
        var commit = PartitionCommit()
        commit.outbox = numbers.map { OutboxRow(id: $0, messages: [UInt8]("message \($0)".utf8)) }
        return commit
    }

    /// Lets alarms fire, one after the other.
    ///
    /// - Parameter late: the time by which the clock is ahead when an alarm fires.
    func passTime(by late: Duration = .zero, until isOver: () -> Bool) async {
        while !isOver() {
            if let time = clock.next {
                clock.jump(to: time.advanced(by: late))
                _ = clock.move(to: clock.now)
            }
            await Task.yield()
        }
    }

    /// Removes the files of a host.
    func remove(_ host: String = "a") throws { try FileManager.default.removeItem(atPath: "\(folder)/\(host)") }
}

extension PartitionStore {
    /// Submits a commit and waits for its end.
    func commit(_ commit: PartitionCommit) async throws {
        try await withCheckedThrowingContinuation { continuation in
            self.commit(commit) { continuation.resume(with: $0) }
        }
    }

    /// The numbers of the rows of the outbox.
    var outboxIDs: [Int64] {
        get throws { try outbox(after: 0, most: 1000, bytes: 1 << 20).map(\.id) }
    }
}
