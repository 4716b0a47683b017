import CSQLite
import Warren
import WarrenSupport

/// A prepared statement: bind, then run or read, then bind again.
///
/// A failed `bind` is recorded and thrown by the run or read that follows. Parameters count from 1, columns from 0, as
/// in SQLite.
///
/// SQLite reads bound texts and bytes while a statement runs. They are copied to memory of the statement, which lives
/// until the bindings are cleared; only ``run(blob:at:)`` lends the caller's bytes, for the time of its own run.
final class Statement {
    /// Makes SQLite copy a parameter: one that the statement's own memory has no room for.
    // trap: SQLite says so; the constant is a macro that Swift cannot import.
    static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY: macros that Swift cannot import.
    private static let uniqueConflict = SQLITE_CONSTRAINT | 8 << 8
    private static let keyConflict = SQLITE_CONSTRAINT | 6 << 8

    let connection: Connection
    private let handle: OpaquePointer
    private var bindResult: Int32 = SQLITE_OK
    /// The bound texts and bytes. `deinit` ends the statement before this memory is released.
    private var parameters = ParameterMemory()

    init(_ sql: String, on connection: Connection) throws(StorageError) {
        var prepared: OpaquePointer?
        let result = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        if result == SQLITE_ERROR {
            // All SQL here is fixed and fits the schema, so the schema in the file is the cause.
            let words = String(cString: sqlite3_errmsg(connection.handle))
            throw StorageError(
                .corrupt, "The file's schema is damaged: \(words). Restore a backup.", path: connection.path)
        }
        guard result == SQLITE_OK, let prepared else {
            throw connection.error(result, doing: "preparing `\(sql.prefix(80))`")
        }
        self.connection = connection
        self.handle = prepared
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: Parameters

    func bind(_ index: Int32, _ value: Int64?) {
        note(value.map { sqlite3_bind_int64(handle, index, $0) } ?? sqlite3_bind_null(handle, index))
    }

    func bind(_ index: Int32, _ value: Int?) {
        bind(index, value.map(Int64.init))
    }

    func bind(_ index: Int32, _ value: Timestamp?) {
        bind(index, value?.microseconds)
    }

    func bind(_ index: Int32, _ value: String?) {
        guard var value else { return note(sqlite3_bind_null(handle, index)) }
        value.withUTF8 { bindText(index, UnsafeRawBufferPointer($0)) }
    }

    /// Binds text given as UTF-8.
    func bind(_ index: Int32, utf8 value: [UInt8]?) {
        guard let value else { return note(sqlite3_bind_null(handle, index)) }
        value.withUnsafeBytes { bindText(index, $0) }
    }

    func bind(_ index: Int32, blob value: [UInt8]?) {
        guard let value else { return note(sqlite3_bind_null(handle, index)) }
        value.withUnsafeBytes { bytes in
            if let copy = parameters.copy(bytes) {
                bindBlob(index, copy, bytes.count, destructor: nil)
            } else {
                bindBlob(index, bytes.baseAddress, bytes.count, destructor: Self.transient)
            }
        }
    }

    // MARK: Running

    /// Runs a statement that returns nothing.
    ///
    /// - Returns: the number of rows that it inserted, changed or deleted.
    @discardableResult
    func run() throws(StorageError) -> Int64 {
        defer { reset() }
        while try step() {}
        return connection.changes
    }

    /// Runs a statement with one parameter more, which SQLite reads where it is, however large it is.
    ///
    /// - Returns: the number of rows that it inserted, changed or deleted.
    @discardableResult
    func run(blob: [UInt8], at index: Int32) throws(StorageError) -> Int64 {
        try lending(blob, at: index) { () throws(StorageError) in try run() }
    }

    /// Runs an `INSERT OR FAIL` until a row has the key of another.
    ///
    /// - Returns: the number of rows before that one; the number of all rows if there is no conflict.
    func runUntilConflict() throws(StorageError) -> Int64 {
        defer { reset() }
        do throws(StorageError) {
            while try step() {}
        } catch {
            let result = sqlite3_extended_errcode(connection.handle)
            guard result == Self.uniqueConflict || result == Self.keyConflict else { throw error }
        }
        return connection.changes
    }

    /// Runs an `INSERT OR FAIL` of one row with one parameter more, which SQLite reads where it is.
    func runUntilConflict(blob: [UInt8], at index: Int32) throws(StorageError) -> Int64 {
        try lending(blob, at: index) { () throws(StorageError) in try runUntilConflict() }
    }

    /// Binds bytes for the time of `run`, which clears the bindings also when it throws: no pointer outlives the bytes.
    private func lending(
        _ blob: [UInt8], at index: Int32, _ run: () throws(StorageError) -> Int64
    ) throws(StorageError) -> Int64 {
        let result = blob.withUnsafeBytes { bytes in
            bindBlob(index, bytes.baseAddress, bytes.count, destructor: nil)
            return Result { () throws(StorageError) in try run() }
        }
        return try result.get()
    }

    /// Reads all rows.
    func forEach(_ body: (Statement) throws(StorageError) -> Void) throws(StorageError) {
        defer { reset() }
        while try step() { try body(self) }
    }

    /// Reads rows until the body returns `false`.
    func readRows(while body: (Statement) throws(StorageError) -> Bool) throws(StorageError) {
        defer { reset() }
        while try step() { if try !body(self) { return } }
    }

    /// Reads the first row, if there is one.
    func first<Result>(_ body: (Statement) throws(StorageError) -> Result) throws(StorageError) -> Result? {
        defer { reset() }
        guard try step() else { return nil }
        return try body(self)
    }

    /// The number of operations that SQLite has done for it since it was prepared: a measure of work that is the same
    /// on every machine.
    var operations: Int { Int(sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_VM_STEP, 0)) }

    // MARK: Columns of the present row

    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

    func int(_ column: Int32) -> Int { Int(int64(column)) }

    func timestamp(_ column: Int32) -> Timestamp { Timestamp(microseconds: int64(column)) }

    func optionalTimestamp(_ column: Int32) -> Timestamp? { isNull(column) ? nil : timestamp(column) }

    /// A text. SQLite does not check that text is UTF-8, so damage to a file is noticed here.
    func text(_ column: Int32) throws(StorageError) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        guard let text = String(utf8: bytes) else {
            throw StorageError(.damagedRow, "A stored text is not UTF-8.", path: connection.path)
        }
        return text
    }

    /// A text in which bytes that are not UTF-8 are replaced.
    func repairedText(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The bytes of a text, whatever they are; `nil` for NULL.
    func textBytes(_ column: Int32) -> [UInt8]? {
        guard let start = sqlite3_column_text(handle, column) else { return nil }
        return [UInt8](UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func optionalText(_ column: Int32) throws(StorageError) -> String? { isNull(column) ? nil : try text(column) }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    // MARK: Details

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    private func bindText(_ index: Int32, _ utf8: UnsafeRawBufferPointer) {
        let copy = parameters.copy(utf8)
        // A text of no bytes has no address, which SQLite would take for NULL.
        guard let start = copy ?? utf8.baseAddress, !utf8.isEmpty else {
            return note(sqlite3_bind_text(handle, index, "", 0, Self.transient))
        }
        note(
            sqlite3_bind_text64(
                handle, index, start.assumingMemoryBound(to: CChar.self), UInt64(utf8.count),
                copy == nil ? Self.transient : nil, UInt8(clamping: SQLITE_UTF8)))
    }

    /// - Parameter destructor: ``transient``, or `nil` for bytes that stay until the bindings are cleared.
    private func bindBlob(
        _ index: Int32, _ start: UnsafeRawPointer?, _ count: Int, destructor: sqlite3_destructor_type?
    ) {
        // A blob of no bytes has no address, which SQLite would take for NULL.
        guard let start, count > 0 else { return note(sqlite3_bind_zeroblob(handle, index, 0)) }
        note(sqlite3_bind_blob64(handle, index, start, UInt64(count), destructor))
    }

    private func note(_ result: Int32) {
        if bindResult == SQLITE_OK { bindResult = result }
    }

    /// Goes to the next row, for a reader that is not a loop; ``reset()`` ends its work.
    ///
    /// - Returns: whether there is one.
    func step() throws(StorageError) -> Bool {
        guard bindResult == SQLITE_OK else { throw connection.error(bindResult, doing: "binding a parameter") }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result:
            throw connection.error(result, doing: "running `\(String(cString: sqlite3_sql(handle)).prefix(80))`")
        }
    }

    func reset() {
        // Reset repeats the error of the step before, which was thrown already.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        parameters.clear()
        bindResult = SQLITE_OK
    }
}
