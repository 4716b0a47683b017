import Foundation
import Logging
import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

/// Files that are copied, replaced and removed as a whole.
@Suite(.timeLimit(.minutes(5)))
struct WholeFileTests {
    private let name = "test.partition.00.sqlite"

    private func temporaryPath(_ directory: TemporaryDirectory) throws -> String {
        try SQLitePartitionStore.temporaryPath(
            directory: directory.path, hub: "test", partition: 0,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func replace(_ directory: TemporaryDirectory, with copy: String) throws {
        try SQLitePartitionStore.replace(directory: directory.path, hub: "test", partition: 0, with: copy)
    }

    private func remove(_ directory: TemporaryDirectory) throws {
        try SQLitePartitionStore.remove(directory: directory.path, hub: "test", partition: 0)
    }

    /// The rows of the outbox at the next opening.
    private func rows(_ directory: TemporaryDirectory) throws -> [Int64] {
        let store = try openStore(in: directory.path, journal: .create(.sample))
        defer { store.close() }
        return try store.outbox.map(\.id)
    }

    private func names(_ directory: TemporaryDirectory) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: directory.path))
    }

    /// Leaves a file with rows 1 to 9, all of them in its log, as kill -9 does.
    private func leaveLog(in directory: TemporaryDirectory) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
            let store = try openStore(in: path, journal: .create(.sample))
            for id in 1...9 as ClosedRange<Int64> { try await store.outcome(of: [.sending(id)], at: .sample(1)).get() }
            kill(getpid(), SIGKILL)
        }
        #expect(try names(directory).contains("\(name)-wal"))
    }

    /// Writes a complete file with row 77 to a temporary path of a directory.
    private func makeCopy(in directory: TemporaryDirectory) async throws -> String {
        let other = try TemporaryDirectory()
        let store = try openStore(in: other.path, journal: .create(.sample))
        defer { store.close() }
        try await store.outcome(of: [.sending(77)], at: .sample(50)).get()
        let path = try temporaryPath(directory)
        #expect(try store.copy(to: path) == .sample(50))
        return path
    }

    @Test func `a copy has the rows and the position of one moment while records are applied`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, journal: .create(.sample))
        let before = try temporaryPath(directory)
        #expect(try store.copy(to: before) == nil)
        let count = 4_000
        for record in 1...count {
            store.apply([.sending(Int64(record))], at: .sample(UInt64(record))) { _ in }
        }
        var positions: [UInt64] = []
        for number in 0..<4 {
            // All of them at last.
            if number == 3 { try await store.outcome(of: [], at: .sample(UInt64(count))).get() }
            let place = try TemporaryDirectory()
            let copied = try store.copy(to: "\(place.path)/\(name)")
            #expect(try place.permissions(of: "\(place.path)/\(name)") == 0o600)
            #expect(try names(place) == [name])
            guard copied != nil else { continue }
            let copy = try openStore(in: place.path, journal: .existing)
            #expect(copy.journalPosition == copied)
            #expect(copy.identity.storeID == store.identity.storeID)
            #expect(copy.identity.secret.bytes == store.identity.secret.bytes)
            let next = try #require(copy.journalPosition?.next)
            #expect(try copy.outbox.map(\.id) == Array(1...Int64(next)))
            positions.append(next)
            // It is a file of its own.
            try await copy.outcome(of: [.sending(100_000)], at: .sample(next + 1)).get()
            copy.close()
        }
        #expect(positions == positions.sorted() && positions.last == UInt64(count))
        #expect(try store.outbox.count == count)
        store.close()
        #expect(throws: StorageError.self) { try store.copy(to: "\(directory.path)/late") }
    }

    @Test func `a copy is not written over a file, and a failed one leaves nothing`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        defer { store.close() }
        let taken = "\(directory.path)/taken"
        try Data("mine".utf8).write(to: URL(filePath: taken))
        #expect(throws: StorageError.self) { try store.copy(to: taken) }
        #expect(try Data(contentsOf: URL(filePath: taken)) == Data("mine".utf8))
        #expect(throws: StorageError.self) { try store.copy(to: "\(directory.path)/missing/copy") }
        let memory = try InMemoryPartitionStore()
        let error = #expect(throws: StorageError.self) { try memory.copy(to: "\(directory.path)/memory") }
        #expect(error?.code == .misuse)
        #expect(memory.fileBytes() == 0 && memory.logBytes() == 0)
        memory.close()
    }

    @Test func `the log of the file before is never applied to its replacement`() async throws {
        let directory = try TemporaryDirectory()
        try await leaveLog(in: directory)
        let copy = try await makeCopy(in: directory)
        try replace(directory, with: copy)
        #expect(try names(directory) == [name, "\(name).lock"])
        let store = try openStore(in: directory.path, journal: .existing)
        #expect(store.journalPosition == .sample(50))
        #expect(try store.outbox.map(\.id) == [77])
        store.close()
        #expect(try directory.permissions(of: "\(directory.path)/\(name)") == 0o600)
    }

    @Test func `a replacement needs no file before it`() async throws {
        let directory = try TemporaryDirectory()
        try replace(directory, with: try await makeCopy(in: directory))
        #expect(try rows(directory) == [77])
    }

    @Test(arguments: 0...3)
    func `a replacement that is interrupted leaves the old state or the new one`(step: Int) async throws {
        let directory = try TemporaryDirectory()
        try await leaveLog(in: directory)
        let copy = try await makeCopy(in: directory)
        let path = "\(directory.path)/\(name)"
        let manager = FileManager.default
        // As far as it came: nothing; the copy is the next file; one log is removed; all of them.
        if step > 0 { try manager.moveItem(atPath: copy, toPath: "\(path).replacement") }
        if step > 1 { try manager.removeItem(atPath: "\(path)-wal") }
        if step > 2 { try manager.removeItem(atPath: "\(path)-shm") }
        #expect(try SQLitePartitionStore.exists(directory: directory.path, hub: "test", partition: 0))
        #expect(try rows(directory) == (step == 0 ? Array(1...9) : [77]))
        #expect(try names(directory) == [name, "\(name).lock"])
        #expect(try rows(directory) == (step == 0 ? Array(1...9) : [77]))
    }

    @Test func `what is no whole database does not replace a file, nor anything while it is open`() async throws {
        let directory = try TemporaryDirectory()
        try await leaveLog(in: directory)
        for content in [Data(), Data("SQLit".utf8), Data(repeating: 7, count: 5000)] {
            let path = try temporaryPath(directory)
            try content.write(to: URL(filePath: path))
            let error = #expect(throws: StorageError.self) { try replace(directory, with: path) }
            #expect(error?.code == .corrupt || error?.code == .io, "\(String(describing: error))")
        }
        #expect(throws: StorageError.self) { try replace(directory, with: "\(directory.path)/nothing") }
        let store = try openStore(in: directory.path, journal: .existing)
        #expect(try store.outbox.count == 9)
        let copy = try await makeCopy(in: directory)
        #expect(throws: StorageError.self) { try replace(directory, with: copy) }
        #expect(throws: StorageError.self) { try remove(directory) }
        try await store.outcome(of: [.sending(10)], at: .sample(2)).get()
        store.close()
        #expect(try rows(directory) == Array(1...10))
    }

    @Test(arguments: [true, false])
    func `a file that is removed does not come back from its log`(isInterrupted: Bool) async throws {
        let directory = try TemporaryDirectory()
        try await leaveLog(in: directory)
        if isInterrupted {
            try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
        } else {
            try remove(directory)
            #expect(try names(directory) == ["\(name).lock"])
        }
        #expect(try !SQLitePartitionStore.exists(directory: directory.path, hub: "test", partition: 0))
        #expect(try rows(directory) == [])
        try remove(directory)
        try remove(directory)
    }

    @Test func `opening removes files that were never completed, and no others`() async throws {
        let directory = try TemporaryDirectory()
        let left = try temporaryPath(directory)
        let others = [
            "\(name).snapshot-mine", "test.partition.01.sqlite.snapshot-00ff",
            "\(name).snapshot-0.partition.00.sqlite", "other.partition.00.sqlite.snapshot-00ff",
        ]
        for path in [left, "\(left)-journal"] + others.map({ "\(directory.path)/\($0)" }) {
            try Data([1]).write(to: URL(filePath: path))
        }
        #expect(try rows(directory) == [])
        #expect(try names(directory) == Set(others + [name, "\(name).lock"]))
    }
}
