import Foundation
import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

/// A file of a hub with a journal, and one of a hub without, are never taken for each other.
@Suite(.timeLimit(.minutes(5)))
struct JournalIdentityTests {
    private func refusal(_ directory: TemporaryDirectory, _ journal: JournalMode) -> StorageError? {
        do {
            try openStore(in: directory.path, journal: journal).close()
            return nil
        } catch {
            return error as? StorageError
        }
    }

    @Test func `a new file has the identity of its journal, and every file of it the same one`() throws {
        let directories = [try TemporaryDirectory(), try TemporaryDirectory()]
        let stores: [any PartitionStore] = [
            try openStore(in: directories[0].path, journal: .create(.sample)),
            try openStore(in: directories[1].path, journal: .create(.sample)),
            try InMemoryPartitionStore(journal: .sample),
        ]
        for store in stores {
            #expect(store.identity.storeID == "journal:00112233445566778899aabbccddeeff")
            #expect(store.identity.journalID == JournalIdentity.sample.id)
            #expect(store.identity.secret.bytes == JournalIdentity.sample.secret)
            #expect(store.identity.secret.oldTokensUntil == nil && !store.identity.secret.isFirstUse)
            store.close()
        }
        #expect(try InMemoryPartitionStore().identity.journalID == nil)
    }

    @Test func `the secret of a journal does not show`() {
        let identity = JournalIdentity(id: 1, secret: [211, 212, 213])
        var shown = "\(identity) \(String(reflecting: identity)) \(JournalMode.create(identity))"
        dump(identity, to: &shown)
        #expect(!shown.contains("212"))
        #expect(shown.contains("journal 00000000000000000000000000000001"))
    }

    @Test func `a file is opened only for its own journal, and otherwise named with the remedy`() throws {
        let directory = try TemporaryDirectory()
        try openStore(in: directory.path, journal: .create(.sample)).close()
        #expect(refusal(directory, .existing) == nil)
        // The secret is that of the file.
        let other = JournalIdentity(id: JournalIdentity.sample.id, secret: [1])
        let store = try openStore(in: directory.path, journal: .create(other))
        #expect(store.identity.secret.bytes == JournalIdentity.sample.secret)
        store.close()

        let local = refusal(directory, .none)
        #expect(local?.code == .foreignFile)
        #expect(local?.message.contains("belongs to a hub with durability `journal`") == true)
        let another = refusal(directory, .create(JournalIdentity(id: 9, secret: [1])))
        #expect(another?.code == .foreignFile)
        #expect(another?.message.contains("another journal") == true)
        #expect(refusal(directory, .create(JournalIdentity(id: 9, secret: [])))?.code == .misuse)
    }

    @Test func `a file without a journal is not taken for one with it`() throws {
        let directory = try TemporaryDirectory()
        try openStore(in: directory.path).close()
        for mode in [JournalMode.existing, .create(.sample)] {
            let error = refusal(directory, mode)
            #expect(error?.code == .foreignFile)
            #expect(error?.message.contains("without a journal") == true)
        }
        #expect(refusal(directory, .none) == nil)
    }

    @Test func `whether there is a partition is known before it is opened`() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/test.partition.00.sqlite"
        func exists() throws -> Bool {
            try SQLitePartitionStore.exists(directory: directory.path, hub: "test", partition: 0)
        }
        #expect(try !exists())
        #expect(refusal(directory, .existing)?.code == .foreignFile)
        // What a crash during the creation leaves.
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(try !exists())
        SQLiteOpeningTests.execute("PRAGMA journal_mode = WAL", on: path)
        #expect(try !exists())
        #expect(refusal(directory, .existing)?.code == .foreignFile)
        let store = try openStore(in: directory.path, journal: .create(.sample))
        #expect(try exists())
        #expect(store.fileBytes() > 0 && store.logBytes() > 0)
        store.close()
        #expect(try exists())
        try Data("garbage garbage garbage".utf8).write(to: URL(filePath: path))
        #expect(try exists())
        #expect(throws: StorageError.self) {
            try SQLitePartitionStore.exists(directory: directory.path, hub: "../x", partition: 0)
        }
    }

    @Test func `a file of the version before journals opens as a local one, with everything`() throws {
        let directory = try TemporaryDirectory()
        let old = Schema.migrations.prefix { $0.name != "journal" }
        #expect(old.count == 4)
        let numbers = old.enumerated().map { "INSERT INTO migrations VALUES (\($0 + 1), '\($1.name)');" }
        SQLiteOpeningTests.execute(
            """
            PRAGMA journal_mode = WAL;
            \(old.map(\.sql).joined(separator: "\n"))
            \(numbers.joined())
            INSERT INTO header (
                id, hub, partition, partition_count, store_id, epoch, clean, last_instance_key, last_outbox_id,
                last_held_id, instance_count, secret)
            VALUES (1, 'test', 0, 4, '0123456789abcdef0123456789abcdef', 3, 1, 0, 8, 0, 0, x'0102');
            PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(old.count);
            """, on: "\(directory.path)/test.partition.00.sqlite")
        #expect(refusal(directory, .existing)?.code == .foreignFile)
        let store = try openStore(in: directory.path)
        #expect(store.journalPosition == nil)
        #expect(store.identity.secret.bytes == [1, 2] && store.identity.epoch == 4)
        #expect(try store.recover().lastOutboxID == 8)
        store.close()
    }
}
