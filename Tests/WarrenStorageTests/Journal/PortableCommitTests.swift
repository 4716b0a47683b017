import TestSupport
import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// The same commits leave the same contents in every file, whatever the numbers of its rows and the damage to it.
@Suite(.timeLimit(.minutes(5)))
struct PortableCommitTests {
    private let path = "test.partition.00.sqlite"

    /// A store with timers and leases 0 to 3 of instance 1.
    private func makeStore(in directory: TemporaryDirectory) async throws -> SQLitePartitionStore {
        let store = try openStore(in: directory.path)
        try await store.write { commit in
            commit.instances = [.init(.insert, .sample(1))]
            for episode in 0..<4 { commit.addRows(of: 1, generation: 0, episode: episode) }
        }
        return store
    }

    private struct Contents: Equatable {
        var timers: [TimerRow]
        var leases: [TaskLease]
        var damaged: [DamagedRow]
        var setAside: [String]

        init(_ store: any PartitionStore) throws {
            let recovered = try store.recover()
            (timers, leases, damaged) = (recovered.timers, recovered.leases, recovered.damaged)
            setAside = try store.damagedRows(most: .max).rows.map { "\($0.table) \($0.key) \($0.reason)" }
        }
    }

    @Test(arguments: [
        "UPDATE timers SET fire_at = fire_at + 1 WHERE id = 2", "UPDATE timers SET id = 9 WHERE id = 2",
        "UPDATE timers SET generation = 5 WHERE id = 2", "UPDATE timers SET instance = 300 WHERE id = 2",
        "UPDATE leases SET attempt = 9 WHERE task_id = 2", "UPDATE leases SET task_id = 9 WHERE task_id = 2",
        "UPDATE leases SET expires_at = 0 WHERE task_id = 2", "UPDATE leases SET instance = 300 WHERE task_id = 2",
    ])
    func `a damaged timer or lease is set aside and written again in files where it is intact, under other numbers`(
        damage: String
    ) async throws {
        let directories = [try TemporaryDirectory(), try TemporaryDirectory()]
        var stores: [SQLitePartitionStore] = []
        for directory in directories { stores.append(try await makeStore(in: directory)) }
        let memory = try InMemoryPartitionStore()
        try await memory.write { commit in
            commit.instances = [.init(.insert, .sample(1))]
            for episode in 0..<4 { commit.addRows(of: 1, generation: 0, episode: episode) }
        }
        let intact = try Contents(stores[0])
        SQLiteOpeningTests.execute(damage, on: "\(directories[0].path)/\(path)")
        // The number of the damaged row in one file is that of another row in the other one.
        SQLiteOpeningTests.execute(
            """
            UPDATE timers SET position = 100 - position; UPDATE leases SET position = 100 - position;
            UPDATE timers SET position = position - 96; UPDATE leases SET position = position - 96;
            """, on: "\(directories[1].path)/\(path)")
        var commit = PartitionCommit()
        commit.setAside = try stores[0].recover().damaged
        #expect(commit.setAside.count == 1)
        if damage.contains("timers") {
            commit.timers = [TimerRow(key: .init(instance: 1, generation: 0, id: 2), fireAt: time(2))]
        } else {
            commit.leases = [
                TaskLease(key: .init(instance: 1, generation: 0, taskID: 2), attempt: 1, expiresAt: time(1))
            ]
        }
        commit = try PartitionCommitCodec.decode(PartitionCommitCodec.encode(commit))
        for store in stores { try await store.outcome(of: commit).get() }
        try await memory.outcome(of: commit).get()
        let contents = try Contents(stores[0])
        #expect(contents.timers == intact.timers && contents.leases == intact.leases)
        #expect(contents.damaged.isEmpty && contents.setAside.count == 1)
        #expect(try Contents(stores[1]) == contents)
        #expect(try memory.recover().timers == contents.timers && memory.recover().leases == contents.leases)
        for store in stores { store.close() }
        memory.close()
    }

    @Test(arguments: StoreKind.allCases)
    func `without a timer that is set aside a second one of the same key breaks a rule`(kind: StoreKind) async throws {
        try await withStore(kind) { store in
            try await store.write { $0.addRows(of: 1, generation: 0, episode: 0) }
            let timer = TimerRow(key: .init(instance: 1, generation: 0, id: 0), fireAt: time(0))
            let code = try await store.failure { commit in
                commit.timers = [timer]
                commit.setAside = [
                    DamagedRow(lease: .init(instance: 1, generation: 0, taskID: 0), reason: "it fails its checksum")
                ]
            }
            #expect(code == .misuse)
        }
    }

    @Test func `of messages taken at one time every store forgets the same ones`() async throws {
        let count = InboxEntry.forgottenAtOnce + 50
        let keys = (0..<count).map { "é\($0 &* 7919 % count)" }
        let directory = try TemporaryDirectory()
        let other = try TemporaryDirectory()
        let stores: [(any PartitionStore, [String])] = [
            (try openStore(in: directory.path), keys), (try openStore(in: other.path), keys.reversed()),
            (try InMemoryPartitionStore(), keys.sorted()),
        ]
        let expected = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.suffix(50)
        for (store, keys) in stores {
            try await store.write { commit in
                commit.inbox = keys.map { InboxEntry(key: $0, bodyHash: 1, instanceID: "a", at: time(5)) }
            }
            try await store.write { $0.forgetInboxBefore = time(6) }
            let left = try keys.filter { try store.inboxEntry($0) != nil }
            #expect(Set(left) == Set(expected))
            store.close()
        }
    }
}
