import CSQLite
import TestSupport
import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

/// The log of a file, and the writes to it.
@Suite(.timeLimit(.minutes(1)))
struct GatheredWritesTests {
    /// A file in memory that counts its writes, and fails when it is told to.
    private final class File {
        var bytes: [UInt8] = []
        var writes = 0
        var result = SQLITE_OK

        func write(_ part: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
            writes += 1
            guard result == SQLITE_OK else { return result }
            let end = Int(offset) + part.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(Int(offset)..<end, with: part)
            return SQLITE_OK
        }
    }

    private func gathering(_ file: File) -> GatheredWrites { GatheredWrites { file.write($0, at: $1) } }

    private func add(_ value: UInt8, _ count: Int, at offset: Int64, to writes: GatheredWrites) -> Int32 {
        [UInt8](repeating: value, count: count).withUnsafeBytes { writes.add($0, at: offset) }
    }

    @Test("Any sequence of writes leaves the bytes that single writes leave")
    func sameBytes() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let file = File()
            let plain = File()
            let writes = gathering(file)
            var end: Int64 = 0
            for index in 0..<40 {
                let isNext = random.next() % 4 != 0
                let offset = isNext ? end : Int64(random.next() % 300_000)
                let count = [0, 24, 4096, 24, 4096, 70_000, GatheredWrites.mostBytes + 1][Int(random.next() % 7)]
                end = offset + Int64(count)
                #expect(add(UInt8(index), count, at: offset, to: writes) == SQLITE_OK)
                let value = [UInt8](repeating: UInt8(index), count: count)
                if count > 0 { _ = value.withUnsafeBytes { plain.write($0, at: offset) } }
                if random.next() % 8 == 0 {
                    #expect(writes.flush() == SQLITE_OK)
                    #expect(file.bytes == plain.bytes)
                }
            }
            #expect(writes.flush() == SQLITE_OK)
            #expect(file.bytes == plain.bytes)
        }
    }

    @Test("The pages of a commit are one write")
    func isOne() {
        let file = File()
        let writes = gathering(file)
        for page in 0..<20 {
            #expect(add(1, 24, at: Int64(page * 4120), to: writes) == SQLITE_OK)
            #expect(add(2, 4096, at: Int64(page * 4120 + 24), to: writes) == SQLITE_OK)
        }
        #expect(file.writes == 0)
        #expect(writes.flush() == SQLITE_OK)
        #expect(writes.flush() == SQLITE_OK)
        #expect(file.writes == 1)
        #expect(file.bytes.count == 20 * 4120)
    }

    @Test("After a failed write all later ones fail, also when the disk has room again")
    func failure() {
        let file = File()
        let writes = gathering(file)
        #expect(add(1, 10, at: 0, to: writes) == SQLITE_OK)
        file.result = SQLITE_FULL
        #expect(writes.flush() == SQLITE_FULL)
        file.result = SQLITE_OK
        #expect(writes.flush() == SQLITE_FULL)
        #expect(add(1, 10, at: 10, to: writes) == SQLITE_FULL)
        #expect(file.bytes.isEmpty)
    }

    @Test("Another process reads each commit as soon as it is durable, also one that is larger than what is gathered")
    func seen() async throws {
        #expect(LogFiles.name != nil)
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        defer { store.close() }
        // SQLite's own file system, as another program has it.
        let other = try Connection(path: "\(directory.path)/test.partition.00.sqlite", mode: .readOnly)
        for (index, size) in [10, 100_000, 300, 12 << 20, 5, 4096].enumerated() {
            let events = [UInt8](repeating: UInt8(index), count: size)
            try await store.write { commit in
                commit.instances = [.init(.insert, .sample(Int64(index + 1)))]
                commit.history = [
                    HistoryRow(instance: Int64(index + 1), generation: 0, episode: 0, events: events)
                ]
            }
            let select = try other.prepare("SELECT events FROM history WHERE instance = ?1")
            select.bind(1, index + 1)
            #expect(try select.first { (row) throws(StorageError) in row.blob(0) } == events)
            #expect(try other.text("PRAGMA quick_check") == "ok")
        }
    }
}
