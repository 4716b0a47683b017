import CSQLite

/// One SQLite connection, used by one actor.
final class Database {
    enum Value {
        case integer(Int)
        case text(String)

        /// The number, or 0 for a text.
        var integer: Int {
            if case .integer(let integer) = self { integer } else { 0 }
        }
    }

    /// Makes SQLite copy what is bound, so that no pointer outlives its call.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private let handle: OpaquePointer

    /// Opens a file, or makes it. Several processes may have it open.
    init(path: String) throws {
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard result == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw DatabaseError(opened, doing: "opening \(path)")
        }
        handle = opened
        // Another process may write: wait for it rather than fail.
        sqlite3_busy_timeout(handle, 10_000)
        // FULL: what an activity has done is on the disk before its result is told.
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = FULL")
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// All of what `body` writes takes effect, or nothing of it. `IMMEDIATE` takes the right to write at once, so that
    /// nothing that was read can have changed when it is written.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // Some errors, such as a full disk, have rolled back already.
            if sqlite3_get_autocommit(handle) == 0 { try run("ROLLBACK") }
            throw error
        }
    }

    /// Runs one statement, and gives its rows.
    @discardableResult
    func run(_ sql: String, _ values: Value...) throws -> [[Value]] {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK, let statement = prepared else {
            throw DatabaseError(handle, doing: sql)
        }
        defer { sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() {
            let result =
                switch value {
                case .integer(let integer): sqlite3_bind_int64(statement, Int32(index + 1), Int64(integer))
                case .text(let text): sqlite3_bind_text(statement, Int32(index + 1), text, -1, Self.transient)
                }
            guard result == SQLITE_OK else { throw DatabaseError(handle, doing: sql) }
        }
        var rows: [[Value]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append((0..<sqlite3_column_count(statement)).map { column($0, of: statement) })
            case SQLITE_DONE: return rows
            default: throw DatabaseError(handle, doing: sql)
            }
        }
    }

    private func column(_ index: Int32, of statement: OpaquePointer) -> Value {
        guard sqlite3_column_type(statement, index) == SQLITE_TEXT, let text = sqlite3_column_text(statement, index)
        else { return .integer(Int(sqlite3_column_int64(statement, index))) }
        return .text(String(cString: text))
    }
}
