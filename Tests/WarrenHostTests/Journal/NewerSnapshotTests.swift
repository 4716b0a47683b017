import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging

@testable import WarrenHost
@testable import WarrenStorage

/// A host that meets what a newer version left in a journal, as in a hub that goes back to the version before.
@Suite("Journal: snapshots of a newer version", .timeLimit(.minutes(1)))
struct NewerSnapshotTests {
    /// Leaves a journal whose snapshots have a schema of the future.
    private func prepare(_ bench: JournalBench, commits: Int64, snapshots: Int) async throws {
        let owner = try await bench.own("newer")
        let file = "\(bench.folder)/newer/\(JournalBench.hub).partition.00.sqlite"
        try Connection(path: file, mode: .readWrite).execute("PRAGMA user_version = 99")
        for id in 1...commits {
            var commit = PartitionCommit()
            commit.outbox = [OutboxRow(id: id, messages: [UInt8](repeating: 9, count: 100 << 10))]
            if id > 1 { commit.removedOutbox = [id - 1] }
            try await owner.commit(commit)
        }
        try await bench.log.wait(for: "A snapshot of a partition was made", count: snapshots)
        owner.close()
    }

    @Test("It is not used, and nothing of it stays, where the journal reaches back to its beginning")
    func whole() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            try await prepare(bench, commits: 24, snapshots: 1)
            let older = try await bench.own("older")
            #expect(try older.outboxIDs == [24])
            older.close()
            #expect(bench.log.count(of: "A newer Warren wrote this file") > 0)
            // A second start finds a file of its own.
            let again = try await bench.own("older")
            #expect(try again.outboxIDs == [24])
            again.close()
        }
    }

    @Test("Where the journal was cut, the host says that a newer version is needed, each time that it is started")
    func cut() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            try await bench.transport.deleteQueue(bench.stream)
            // The broker keeps half of what hosts expect, as with a policy.
            try await bench.transport.provision(
                Topology(queues: [
                    .init(
                        name: bench.stream,
                        arguments: ["x-queue-type": "stream", "x-max-length-bytes": .int64(4 << 20)])
                ]))
            try await prepare(bench, commits: 200, snapshots: 3)
            for _ in 0..<2 {
                let error = await #expect(throws: StorageError.self) { _ = try await bench.open("older") }
                #expect(error?.code == .newerSchema && error?.message.contains("Run the newer version") == true)
            }
        }
    }
}
