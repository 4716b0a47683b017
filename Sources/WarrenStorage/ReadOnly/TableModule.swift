import CSQLite
import Warren

/// Lets SQLite read tables of ours: the functions of a virtual table (https://www.sqlite.org/vtab.html).
///
/// SQLite holds a table and a cursor by a pointer to memory of ours, in which the pointer to the object follows. The
/// connection keeps the sources alive; a cursor's object lives from `xOpen` to `xClose`.
enum TableModule {
    /// The functions. There is no `xCreate`: the tables are there without a statement that makes them, and cannot be
    /// made again.
    static var functions: sqlite3_module {
        var module = sqlite3_module()
        module.xConnect = { database, context, _, _, result, _ in
            guard let context, let result else { return SQLITE_ERROR }
            let source = Unmanaged<TableSource>.fromOpaque(context).takeUnretainedValue()
            guard source.table.columns.count <= TableScan.mostColumns else { return SQLITE_ERROR }
            let status = sqlite3_declare_vtab(database, source.table.declaration)
            guard status == SQLITE_OK else { return status }
            let table = UnsafeMutablePointer<warren_sqlite3_vtab>.allocate(capacity: 1)
            table.initialize(to: warren_sqlite3_vtab())
            table.pointee.owner = context
            result.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
            return SQLITE_OK
        }
        module.xDisconnect = { table in
            UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: warren_sqlite3_vtab.self).deallocate()
            return SQLITE_OK
        }
        module.xBestIndex = { table, plan in
            guard let source = TableModule.source(table), let plan else { return SQLITE_ERROR }
            TableModule.choose(source.table, plan, files: source.files.count)
            return SQLITE_OK
        }
        module.xOpen = { table, result in
            guard let source = TableModule.source(table), let result else { return SQLITE_ERROR }
            let cursor = UnsafeMutablePointer<warren_sqlite3_cursor>.allocate(capacity: 1)
            cursor.initialize(to: warren_sqlite3_cursor())
            cursor.pointee.owner = Unmanaged.passRetained(TableCursor(source)).toOpaque()
            result.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        module.xClose = { cursor in
            guard let memory = UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: warren_sqlite3_cursor.self)
            else { return SQLITE_OK }
            if let owner = memory.pointee.owner { Unmanaged<TableCursor>.fromOpaque(owner).release() }
            memory.deallocate()
            return SQLITE_OK
        }
        module.xFilter = { cursor, number, _, count, values in
            TableModule.run(cursor) { (cursor) throws(StorageError) in
                let values = (0..<Int(count)).map { SQLValue(values?[$0]) }
                try cursor.begin(TableScan(number: number), values)
            }
        }
        module.xNext = { cursor in
            TableModule.run(cursor) { (cursor) throws(StorageError) in try cursor.advance() }
        }
        module.xEof = { TableModule.cursor($0)?.isAtEnd == false ? 0 : 1 }
        module.xColumn = { cursor, context, column in
            (TableModule.cursor(cursor)?.value(Int(column)) ?? .null).give(to: context)
            return SQLITE_OK
        }
        // Not called for a table without row numbers, but not optional either.
        module.xRowid = { _, _ in SQLITE_ERROR }
        return module
    }

    private static func source(_ table: UnsafeMutablePointer<sqlite3_vtab>?) -> TableSource? {
        UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: warren_sqlite3_vtab.self).pointee.owner.map {
            Unmanaged<TableSource>.fromOpaque($0).takeUnretainedValue()
        }
    }

    private static func cursor(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> TableCursor? {
        UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: warren_sqlite3_cursor.self).pointee.owner.map {
            Unmanaged<TableCursor>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Does a part of a cursor's work, and keeps its error for the caller of the query.
    private static func run(
        _ pointer: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ body: (TableCursor) throws(StorageError) -> Void
    ) -> Int32 {
        guard let cursor = cursor(pointer) else { return SQLITE_ERROR }
        do throws(StorageError) {
            try body(cursor)
            return SQLITE_OK
        } catch {
            cursor.source.problem.error = error
            return error.code == .closed ? SQLITE_INTERRUPT : SQLITE_ERROR
        }
    }

    /// Chooses the columns that a scan begins with: those for which the query has an equality that compares as the files
    /// do.
    private static func choose(
        _ table: HubTable, _ plan: UnsafeMutablePointer<sqlite3_index_info>, files: Int
    ) {
        let searchable = table.searchable
        var chosen: [Int: Int] = [:]
        for index in 0..<Int(plan.pointee.nConstraint) {
            let condition = plan.pointee.aConstraint[index]
            guard condition.usable != 0, Int(condition.op) == Int(SQLITE_INDEX_CONSTRAINT_EQ),
                let place = searchable.firstIndex(of: Int(condition.iColumn)), chosen[place] == nil,
                let collation = sqlite3_vtab_collation(plan, Int32(clamping: index)),
                String(cString: collation) == "BINARY"
            else { continue }
            chosen[place] = index
        }
        var scan = TableScan(wanted: UInt32(truncatingIfNeeded: plan.pointee.colUsed), given: 0)
        // SQLite may read them although the query does not name them.
        for column in table.key { scan.wanted |= 1 << UInt32(clamping: column) }
        var rows = 1_000_000.0
        for (number, place) in chosen.keys.sorted().enumerated() {
            guard let index = chosen[place] else { continue }
            scan.given |= 1 << UInt32(clamping: place)
            plan.pointee.aConstraintUsage[index].argvIndex = Int32(clamping: number + 1)
            let isInstance = searchable[place] == table.instanceColumn
            rows = isInstance ? 10 : rows / (searchable[place] == 0 ? Double(max(files, 1)) : 10)
        }
        plan.pointee.idxNum = scan.number
        plan.pointee.estimatedCost = rows
        plan.pointee.estimatedRows = max(1, Int64(rows))
    }
}

extension SQLValue {
    /// A value that SQLite gives to a function.
    init(_ value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: self = .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: self = .real(sqlite3_value_double(value))
        case SQLITE_TEXT:
            let count = sqlite3_value_bytes(value)
            let bytes = UnsafeBufferPointer(start: sqlite3_value_text(value), count: Int(count))
            self = .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let count = sqlite3_value_bytes(value)
            self = .blob([UInt8](UnsafeRawBufferPointer(start: sqlite3_value_blob(value), count: Int(count))))
        default: self = .null
        }
    }

    /// Gives the value to SQLite as a column of a row.
    fileprivate func give(to context: OpaquePointer?) {
        func give(_ text: String) {
            var text = text
            text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_result_text64(
                        context, $0.baseAddress, UInt64($0.count), Statement.transient, UInt8(clamping: SQLITE_UTF8))
                }
            }
        }
        switch self {
        case .null: sqlite3_result_null(context)
        case .integer(let number): sqlite3_result_int64(context, number)
        case .real(let number): sqlite3_result_double(context, number)
        case .text(let text): give(text)
        case .json(let text):
            give(text)
            // Functions of JSON then take it as a value, not as a text to be quoted.
            sqlite3_result_subtype(context, UInt32(clamping: UInt8(ascii: "J")))
        case .blob(let bytes):
            bytes.withUnsafeBytes {
                sqlite3_result_blob64(context, $0.baseAddress, UInt64($0.count), Statement.transient)
            }
        }
    }
}
