import CSQLite

/// One SQLite connection, used by one thread at a time: what samples keep their world in, that orchestrations change.
public final class Database {
    /// What a statement is given, and what it returns.
    public enum Value: Sendable, Hashable {
        case null
        case integer(Int)
        case text(String)

        /// A text, or `NULL`.
        public init(_ text: String?) { self = text.map { .text($0) } ?? .null }
        /// 1 or 0.
        public init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
    }

    /// Makes SQLite copy what is bound, so that no pointer outlives its call.
    // trap: SQLite says so; the constant is a macro that Swift cannot import.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private let handle: OpaquePointer

    /// Opens a file, or makes it. Several processes may have it open.
    public init(path: String) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let result = sqlite3_open_v2(path, &opened, flags, nil)
        guard result == SQLITE_OK, let opened else {
            let error = DatabaseError(result, opened, doing: "opening \(path)")
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        // Another process may write: wait for it rather than fail.
        sqlite3_busy_timeout(handle, 10_000)
        // FULL: what an activity has done is on the disk before its result is told.
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs a statement that returns no rows that matter.
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    public func execute(_ sql: String, _ values: Value...) throws -> Int {
        _ = try rows(sql, values)
        return Int(sqlite3_changes64(handle))
    }

    /// Runs a statement for its rows.
    public func query(_ sql: String, _ values: Value...) throws -> [Row] { try rows(sql, values) }

    /// All of what `body` writes takes effect, or nothing of it. `IMMEDIATE` takes the right to write at once, so that
    /// nothing that was read can have changed when it is written.
    public func write<Result>(_ body: () throws -> Result) throws -> Result {
        try transaction("BEGIN IMMEDIATE", body)
    }

    /// All of what `body` reads is of one moment.
    public func read<Result>(_ body: () throws -> Result) throws -> Result {
        try transaction("BEGIN", body)
    }

    private func transaction<Result>(_ begin: String, _ body: () throws -> Result) throws -> Result {
        try execute(begin)
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // Some errors, such as a full disk, have rolled back already.
            if sqlite3_get_autocommit(handle) == 0 { try execute("ROLLBACK") }
            throw error
        }
    }

    private func rows(_ sql: String, _ values: [Value]) throws -> [Row] {
        var prepared: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &prepared, nil), sql)
        guard let statement = prepared else { return [] }
        defer { sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() { try check(bind(value, Int32(clamping: index + 1), statement), sql) }
        var rows: [Row] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                rows.append(Row(values: try (0..<sqlite3_column_count(statement)).map { try column($0, statement) }))
            case SQLITE_DONE: return rows
            case let result: throw DatabaseError(result, handle, doing: sql)
            }
        }
    }

    private func bind(_ value: Value, _ index: Int32, _ statement: OpaquePointer) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let integer): return sqlite3_bind_int64(statement, index, Int64(integer))
        case .text(var text):
            // With its length: a text may hold NUL.
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    guard let start = $0.baseAddress else {
                        return sqlite3_bind_text(statement, index, "", 0, Self.transient)
                    }
                    return sqlite3_bind_text64(
                        statement, index, start, UInt64($0.count), Self.transient, UInt8(clamping: SQLITE_UTF8))
                }
            }
        }
    }

    private func column(_ index: Int32, _ statement: OpaquePointer) throws -> Value {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(Int(sqlite3_column_int64(statement, index)))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(statement, index) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_NULL: return .null
        default: throw DatabaseError(SQLITE_MISMATCH, nil, doing: "reading column \(index), a REAL or a BLOB")
        }
    }

    private func check(_ result: Int32, _ action: String) throws {
        guard result == SQLITE_OK else { throw DatabaseError(result, handle, doing: action) }
    }
}
