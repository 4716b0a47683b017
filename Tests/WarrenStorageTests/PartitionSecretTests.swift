import CSQLite
import Foundation
import Testing
import Warren

@testable import WarrenStorage

/// What a partition signs with.
@Suite(.timeLimit(.minutes(5)))
struct PartitionSecretTests {
    /// Makes a file as the first version left it: closed in order, opened once, with instances touched at these times.
    private func makeOldFile(in directory: TemporaryDirectory, lastUpdated: [Int64]) {
        let first = Schema.migrations[0]
        let instances = lastUpdated.enumerated().map { index, time in
            """
            INSERT INTO instances (
                key, instance_id, execution_id, generation, name, status, created_at, last_updated_at, episodes,
                waiters, has_tags)
            VALUES (\(index + 1), 'i\(index)', 'e', 0, 'Old', 'Running', 1, \(time), 0, x'', 0);
            INSERT INTO inputs (instance, input) VALUES (\(index + 1), x'6e756c6c');
            """
        }
        SQLiteOpeningTests.execute(
            """
            PRAGMA journal_mode = WAL;
            \(first.sql)
            INSERT INTO migrations VALUES (1, '\(first.name)');
            INSERT INTO header (
                id, hub, partition, partition_count, store_id, epoch, clean, last_instance_key, last_outbox_id,
                last_held_id, instance_count)
            VALUES (1, 'test', 0, 4, '0123456789abcdef0123456789abcdef', 1, 1, \(lastUpdated.count), 0, 0,
                    \(lastUpdated.count));
            \(instances.joined())
            PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 1;
            """, on: "\(directory.path)/test.partition.00.sqlite")
    }

    private func open(
        _ kind: StoreKind, in directory: TemporaryDirectory, partition: Int
    ) throws -> any PartitionStore {
        switch kind {
        case .sqlite: try openStore(in: directory.path, partition: partition)
        case .memory: try InMemoryPartitionStore(hub: "test", partition: partition, partitionCount: 4)
        }
    }

    @Test(
        "Every partition has a secret of its own, which stays the same and shows nowhere", arguments: StoreKind.allCases
    )
    func isItsOwn(kind: StoreKind) throws {
        let directory = try TemporaryDirectory()
        let first = try open(kind, in: directory, partition: 0)
        let second = try open(kind, in: directory, partition: 1)
        let secret = first.identity.secret
        #expect(secret.bytes.count == 32)
        #expect(secret.bytes != second.identity.secret.bytes)
        #expect(secret.oldTokensUntil == nil && !secret.isFirstUse)
        var shown = ""
        dump(first.identity, to: &shown)
        shown += "\(first.identity) \(secret) \(String(reflecting: secret))"
        #expect(!shown.contains(secret.bytes.map(String.init).joined(separator: ", ")))
        #expect(shown.contains("(secret)"))
        first.close()
        second.close()
        guard kind == .sqlite else { return }
        let again = try open(kind, in: directory, partition: 0)
        #expect(again.identity.secret == secret)
        again.close()
    }

    @Test("A file of an earlier version gets a secret once, and says until when it signed with its store ID")
    func upgrades() throws {
        let directory = try TemporaryDirectory()
        makeOldFile(in: directory, lastUpdated: [40, 70, 10])
        let first = try openStore(in: directory.path)
        let secret = first.identity.secret
        #expect(secret.bytes.count == 32 && Set(secret.bytes).count > 1)
        #expect(secret.oldTokensUntil == Timestamp(microseconds: 70))
        #expect(secret.isFirstUse)
        #expect(first.identity.storeID == "0123456789abcdef0123456789abcdef")
        #expect(try first.instance("i1")?.name == "Old")
        first.close()
        let second = try openStore(in: directory.path)
        #expect(second.identity.secret.bytes == secret.bytes)
        #expect(second.identity.secret.oldTokensUntil == secret.oldTokensUntil)
        #expect(!second.identity.secret.isFirstUse)
        second.close()
    }

    @Test("A file of an earlier version without instances has no work that was signed with its store ID")
    func upgradesEmpty() throws {
        let directory = try TemporaryDirectory()
        makeOldFile(in: directory, lastUpdated: [])
        let store = try openStore(in: directory.path)
        #expect(store.identity.secret.oldTokensUntil == nil && store.identity.secret.isFirstUse)
        store.close()
    }
}
