import CSQLite
import Testing
import Warren

@testable import WarrenStorage

/// The memory of bound parameters.
@Suite(.timeLimit(.minutes(1)))
struct StatementTests {
    private let directory: TemporaryDirectory
    private let connection: Connection

    init() throws {
        directory = try TemporaryDirectory()
        let path = "\(directory.path)/values.sqlite"
        SQLiteOpeningTests.execute("CREATE TABLE stored (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB)", on: path)
        connection = try Connection(path: path, mode: .readWrite)
    }

    @Test("Texts and bytes of any size are stored as they were bound, by statements that run many times")
    func sizes() throws {
        let insert = try connection.prepare("INSERT INTO stored (text, bytes) VALUES (?1, ?2)")
        let select = try connection.prepare("SELECT text, bytes FROM stored WHERE text = ?1 AND bytes = ?2")
        let most = ParameterMemory.mostBytes
        for count in [0, 1, 15, 16, 100, 127, 128, 129, 1_000, 20, most / 2, most - 1, most, most + 1, 3 * most, 5] {
            let text = String(repeating: "ü", count: count)
            let value = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            insert.bind(1, text)
            insert.bind(2, blob: value)
            #expect(try insert.run() == 1)
            select.bind(1, utf8: Array(text.utf8))
            select.bind(2, blob: value)
            let found = try select.first { (row) throws(StorageError) in
                #expect(!row.isNull(0) && !row.isNull(1))
                return (try row.text(0), row.blob(1))
            }
            #expect(found?.0 == text)
            #expect(found?.1 == value)
        }
    }

    @Test(
        "A run that borrows bytes stores them, leaves nothing bound, and does so when it fails",
        arguments: [0, 9, 70_000])
    func borrowed(count: Int) throws {
        let insert = try connection.prepare("INSERT INTO stored (id, text, bytes) VALUES (?1, ?2, ?3)")
        let value = [UInt8](repeating: 7, count: count)
        for text in ["first", "refused", "third"] {
            insert.bind(1, text == "third" ? 2 : 1)
            insert.bind(2, text)
            if text == "refused" {
                #expect(throws: StorageError.self) { try insert.run(blob: value, at: 3) }
            } else {
                try insert.run(blob: value, at: 3)
            }
        }
        insert.bind(1, 3)
        try insert.run()
        let select = try connection.prepare("SELECT text, bytes FROM stored ORDER BY id")
        var rows: [(text: String?, bytes: [UInt8]?)] = []
        try select.forEach { (row) throws(StorageError) in
            rows.append((try row.optionalText(0), row.optionalBlob(1)))
        }
        #expect(rows.map(\.text) == ["first", "third", nil])
        #expect(rows.map(\.bytes) == [value, value, nil])
    }

    @Test("Copies stay as they are until they are cleared, and the memory for them has a bound")
    func copies() {
        var memory = ParameterMemory()
        func copy(_ value: [UInt8]) -> UnsafeRawBufferPointer? {
            value.withUnsafeBytes { bytes in
                memory.copy(bytes).map { UnsafeRawBufferPointer(start: $0, count: bytes.count) }
            }
        }
        // Before the first run it occupies nothing.
        #expect(copy([1]) == nil && memory.capacity == 0)
        memory.clear()
        let room = memory.capacity
        let values: [[UInt8]] = (0..<8).map { [UInt8](repeating: $0, count: room / 8) }
        let found = values.map { copy($0).map(Array.init) }
        let kept = values.map { _ in copy([9]) }
        #expect(found == values)
        #expect(kept.allSatisfy { $0 == nil })
        memory.clear()
        #expect(memory.capacity > room)
        #expect(copy([UInt8](repeating: 1, count: 1 << 20)) == nil)
        memory.clear()
        #expect(memory.capacity == ParameterMemory.mostBytes)
    }

    @Test("A program that has used SQLite already keeps its own settings, and stores work")
    func isInUse() throws {
        #expect(sqlite3_initialize() == SQLITE_OK)
        #expect(warren_sqlite3_config_switch(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_MISUSE)
        #expect([SQLITE_OK, SQLITE_MISUSE].contains(SQLiteLibrary.result))
        let store = try openStore(in: directory.path)
        #expect(try store.counts().instances == 0)
        store.close()
    }
}
