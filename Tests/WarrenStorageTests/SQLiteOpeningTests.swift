import CSQLite
import Foundation
import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// What opening refuses, and what it leaves on the disk.
@Suite(.timeLimit(.minutes(5)))
struct SQLiteOpeningTests {
    /// Runs SQL on a partition's file as another program would.
    static func execute(_ sql: String, on path: String) {
        var database: OpaquePointer?
        #expect(sqlite3_open(path, &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        #expect(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(database)))")
    }

    private func path(_ directory: TemporaryDirectory) -> String { "\(directory.path)/test.partition.00.sqlite" }

    private func makePartition(in directory: TemporaryDirectory) async throws {
        let store = try openStore(in: directory.path)
        try await store.write {
            $0.instances = [.init(.insert, .full)]
            $0.addRows(of: 7, generation: 3, episode: 0)
            $0.outbox = [OutboxRow(id: 5, messages: [5])]
        }
        store.close()
    }

    private func refusal(_ open: () throws -> SQLitePartitionStore) -> StorageError? {
        do {
            try open().close()
            return nil
        } catch {
            return error as? StorageError
        }
    }

    @Test("A partition that is opened again has everything, the same store ID and the next epoch")
    func reopens() async throws {
        let directory = try TemporaryDirectory()
        try await makePartition(in: directory)
        let first = try openStore(in: directory.path)
        let identity = first.identity
        #expect(identity.epoch == 2)
        #expect(identity.storeID.count == 32)
        #expect(try first.instance(InstanceRecord.full.instanceID) == .full)
        #expect(try first.history(of: 7, generation: 3) == [bytes("7.3.0")])
        #expect(try first.recover().lastOutboxID == 5)
        first.close()
        let second = try openStore(in: directory.path)
        #expect(second.identity.storeID == identity.storeID)
        #expect(second.identity.epoch == 3)
        #expect(second.identity.partitionCount == 4)
        second.close()
    }

    @Test("A store that is let go without being closed frees its file")
    func releases() async throws {
        let directory = try TemporaryDirectory()
        do {
            let store = try openStore(in: directory.path)
            try await store.write { $0.outbox = [OutboxRow(id: 1, messages: [])] }
        }
        // The thread closes the file after the last reference went; there is nothing to await but the file itself.
        while true {
            do {
                let store = try openStore(in: directory.path)
                #expect(try store.outbox.count == 1)
                return store.close()
            } catch let error as StorageError where error.code == .inUse {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    @Test("A second opening by the same process is refused and does not disturb the first")
    func inUseHere() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        let error = refusal { try openStore(in: directory.path) }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("This process") == true)
        try await store.write { $0.outbox = [OutboxRow(id: 1, messages: [])] }
        store.close()
        #expect(refusal { try openStore(in: directory.path) } == nil)
    }

    @Test("Another process is refused with the number of the one that has it")
    func inUseElsewhere() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        await #expect(processExitsWith: .success) { [path = directory.path as String, holder = getpid() as Int32] in
            do {
                _ = try openStore(in: path)
            } catch let error as StorageError {
                exit(error.code == .inUse && error.message.contains("Process \(holder) ") ? 0 : 1)
            }
            exit(2)
        }
        try await store.write { $0.outbox = [OutboxRow(id: 1, messages: [])] }
        store.close()
    }

    @Test("Another hub's or partition's file is refused")
    func foreign() async throws {
        let directory = try TemporaryDirectory()
        try await makePartition(in: directory)
        let manager = FileManager.default
        try manager.copyItem(atPath: path(directory), toPath: "\(directory.path)/other.partition.00.sqlite")
        try manager.copyItem(atPath: path(directory), toPath: "\(directory.path)/test.partition.01.sqlite")
        let otherHub = refusal { try openStore(in: directory.path, hub: "other") }
        #expect(otherHub?.code == .foreignFile)
        #expect(otherHub?.message.contains("partition 0 of hub `test`") == true)
        #expect(refusal { try openStore(in: directory.path, partition: 1) }?.code == .foreignFile)
        #expect(refusal { try openStore(in: directory.path, hub: "../x") }?.code == .misuse)
        #expect(refusal { try openStore(in: directory.path, partition: 4) }?.code == .misuse)
    }

    @Test("Another number of partitions is refused with both numbers")
    func partitionCount() async throws {
        let directory = try TemporaryDirectory()
        try await makePartition(in: directory)
        let error = refusal { try openStore(in: directory.path, partitionCount: 8) }
        #expect(error?.code == .partitionCountMismatch)
        #expect(error?.message.contains("4 partitions, not 8") == true)
    }

    @Test("A newer schema is refused and the file left alone", arguments: [true, false])
    func newerSchema(isNumbered: Bool) async throws {
        let directory = try TemporaryDirectory()
        try await makePartition(in: directory)
        Self.execute(
            isNumbered ? "PRAGMA user_version = 99" : "UPDATE migrations SET name = 'another'", on: path(directory))
        let before = try Data(contentsOf: URL(filePath: path(directory)))
        #expect(refusal { try openStore(in: directory.path) }?.code == .newerSchema)
        #expect(try Data(contentsOf: URL(filePath: path(directory))) == before)
    }

    @Test("What is no database, or not Warren's, is refused and left alone")
    func garbage() async throws {
        let directory = try TemporaryDirectory()
        let garbage = Data((0..<5_000).map { UInt8(truncatingIfNeeded: $0) })
        for content in [garbage, Data("SQL".utf8), Data("SQLite format 3\0".utf8) + garbage] {
            try content.write(to: URL(filePath: path(directory)))
            let error = try #require(refusal { try openStore(in: directory.path) })
            #expect([.foreignFile, .corrupt].contains(error.code), "\(error)")
            #expect(try Data(contentsOf: URL(filePath: path(directory))) == content)
        }
        try FileManager.default.removeItem(atPath: path(directory))
        Self.execute("CREATE TABLE songs (title TEXT)", on: path(directory))
        #expect(refusal { try openStore(in: directory.path) }?.code == .foreignFile)
    }

    @Test("An empty file, left by a crash, becomes a partition")
    func emptyFile() throws {
        let directory = try TemporaryDirectory()
        try Data().write(to: URL(filePath: path(directory)))
        #expect(refusal { try openStore(in: directory.path) } == nil)
    }

    @Test("A directory that cannot be made or written is an I/O error that names it")
    func directory() throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/file"
        try Data().write(to: URL(filePath: file))
        #expect(refusal { try openStore(in: file) }?.code == .io)
        #expect(refusal { try openStore(in: "\(file)/below") }?.code == .io)
        try FileManager.default.createDirectory(atPath: path(directory), withIntermediateDirectories: false)
        #expect(refusal { try openStore(in: directory.path) }?.code == .io)

        let closed = "\(directory.path)/closed"
        try FileManager.default.createDirectory(
            atPath: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        // Permissions do not bind the superuser.
        if geteuid() != 0 {
            let error = refusal { try openStore(in: closed) }
            #expect(error?.code == .io)
            #expect(error?.path?.hasPrefix(closed) == true)
        }
    }

    @Test("Nobody but the owner can read the files, whatever the umask and whatever they were before")
    func permissions() async throws {
        let directory = try TemporaryDirectory()
        let data = "\(directory.path)/a/b"
        // The mask belongs to the process, so the test runs in one of its own.
        await #expect(processExitsWith: .success) { [data = data as String] in
            umask(0)
            let store = try openStore(in: data)
            try await store.write { $0.instances = [.init(.insert, .sample(1))] }
            _ = try store.counts()
            let file = "\(data)/test.partition.00.sqlite"
            for name in [file, "\(file)-wal", "\(file)-shm", "\(file).lock"] {
                let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(name)")
                guard mode == 0o600 else { exit(1) }
            }
            for name in [data, String(data.dropLast(2))] {
                guard try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int == 0o700 else {
                    exit(2)
                }
            }
            store.close()
            exit(0)
        }
        let file = "\(data)/test.partition.00.sqlite"
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        let store = try openStore(in: data)
        #expect(try directory.permissions(of: file) == 0o600)
        #expect(try directory.permissions(of: "\(file)-wal") == 0o600)
        store.close()
    }
}
