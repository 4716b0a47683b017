import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// A fault of Warren in place of what its tables allow: a record counts, and no file of this version takes it.
@Suite("A shared hub: a record that no file takes", .timeLimit(.minutes(2)))
struct RefusedRecordTests {
    @Test(
        "Its partition stands still with an error that names it, the others go on, and a version that takes it has lost nothing"
    )
    func record() async throws {
        try await SharedHub.run(partitions: 2) { hub in
            let bad = hub.id("bad", in: 0)
            let faulty = try await hub.start("faulty", files: { RefusingFiles(files: $0, instanceID: bad) })
            _ = try await hub.client.start(SharedHub.chain, 5, id: hub.id("before", in: 0)).result()

            // Its start is confirmed when it counts.
            let start = Task { try await hub.client.start(SharedHub.chain, 5, id: bad).result() }
            let line = try await faulty.log.wait(for: "This host can do nothing more for a partition")[0]
            for part in ["does not take the record at offset", "also when it is made anew", "Keep the files"] {
                #expect("\(line)".contains(part), "\(line)")
            }
            let other = hub.id("other", in: 1)
            #expect(try await hub.client.start(SharedHub.chain, 5, id: other).result() == 5)

            // What waits behind the record, and the record itself, count when a version comes that takes it.
            let mended = try await hub.start("mended")
            #expect(try await start.value == 5)
            for id in [bad, hub.id("before", in: 0), hub.id("other", in: 1)] {
                #expect(try await hub.client.output(of: id).json == "5", "\(id)")
            }
            try await faulty.stop()
            try await mended.stop()
        }
    }

    /// Files that take no record that concerns an instance, as if it broke a rule of their tables.
    private struct RefusingFiles: PartitionFiles {
        let files: any PartitionFiles
        let instanceID: String

        func exists() throws -> Bool { try files.exists() }
        func open(_ identity: JournalIdentity?) throws -> any PartitionStore {
            RefusingStore(store: try files.open(identity), instanceID: instanceID)
        }
        func replace(with path: String) throws { try files.replace(with: path) }
        func remove() throws { try files.remove() }
        func temporaryPath() throws -> String? { try files.temporaryPath() }
    }

    private final class RefusingStore: ForwardingStore {
        let store: any PartitionStore
        let instanceID: String
        private let hasFailed = Mutex(false)

        init(store: any PartitionStore, instanceID: String) {
            self.store = store
            self.instanceID = instanceID
        }

        func apply(
            _ commits: [PartitionCommit], at position: JournalPosition,
            completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
        ) {
            // Under the lock, which keeps the order of the calls: the store only queues them.
            hasFailed.withLock { hasFailed in
                hasFailed =
                    hasFailed || commits.contains { $0.instances.contains { $0.record.instanceID == instanceID } }
                guard hasFailed else { return store.apply(commits, at: position, completion: completion) }
                // An empty commit in its place reports the failure on the writer's thread.
                store.commit(PartitionCommit()) { _ in
                    completion(.failure(StorageError(.misuse, "A row exists already or breaks a rule of its table.")))
                }
            }
        }
    }
}
