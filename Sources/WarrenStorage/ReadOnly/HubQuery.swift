import CSQLite
import Warren

/// Answers questions in SQL over the files of a hub's partitions, without changing anything.
///
/// The files are not attached to one connection: SQLite attaches ten at the most, and a hub has up to 99. The query runs on
/// an empty database in memory. Its tables read the files, each over a connection of its own and as of one moment. SQLite's
/// authorizer limits statements: a statement selects from these tables and calls functions, and nothing else.
///
/// Used by one thread at a time.
package final class HubQuery {
    /// The bytes of the largest value that a query makes.
    private static let largestValue: Int32 = 512 << 20

    /// The tables that queries see.
    package static var tables: [HubTable] { makeTables { _ in [] } }

    private let handle: OpaquePointer
    private let module: UnsafeMutablePointer<sqlite3_module>
    private let sources: [TableSource]
    private let files: [ReadOnlyFile]
    private let problem = QueryProblem()
    private let end: ReadEnd

    /// Opens the files.
    ///
    /// - Parameters:
    ///   - timeout: the time after which queries end; `nil` for no limit.
    ///   - outbox: reads rows of outboxes.
    /// - Throws: ``StorageError`` if a file cannot be read, belongs to another hub or is of a newer version.
    package init(_ list: PartitionFileList, timeout: Duration?, outbox: @escaping OutboxReader) throws {
        let end = ReadEnd(deadline: timeout.map { .now + $0 })
        self.end = end
        let problem = problem
        let files = try list.files.map { file in
            try ReadOnlyFile(path: file.path, hub: list.hub, partition: file.partition, end: end)
        }
        self.files = files
        sources = Self.makeTables(outbox).map { TableSource($0, files: files, problem: problem) }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let result = sqlite3_open_v2(":memory:", &opened, flags, nil)
        guard result == SQLITE_OK, let opened else {
            let error = StorageError(sqlite: result, doing: "opening", in: opened, path: ":memory:")
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        module = .allocate(capacity: 1)
        module.initialize(to: TableModule.functions)
        try prepare()
    }

    deinit {
        sqlite3_close_v2(handle)
        module.deallocate()
    }

    private static func makeTables(_ outbox: @escaping OutboxReader) -> [HubTable] {
        [.instances, .history, .timers, .outbox(outbox), .partitions]
    }

    private func prepare() throws(StorageError) {
        for source in sources {
            let context = Unmanaged.passUnretained(source).toOpaque()
            let result = sqlite3_create_module_v2(handle, source.table.name, module, context, nil)
            guard result == SQLITE_OK else {
                throw StorageError(sqlite: result, doing: "making a table", in: handle, path: ":memory:")
            }
            // The first use declares the columns, which the authorizer would take for a change of the schema.
            var statement: OpaquePointer?
            let declared = sqlite3_prepare_v3(handle, "SELECT 1 FROM \(source.table.name)", -1, 0, &statement, nil)
            sqlite3_finalize(statement)
            guard declared == SQLITE_OK else {
                throw StorageError(sqlite: declared, doing: "declaring a table", in: handle, path: ":memory:")
            }
        }
        let switches: [(option: Int32, on: Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
            // A word in double quotes is a column. Otherwise a misspelt one would be a text, and no error.
            (SQLITE_DBCONFIG_DQS_DML, 0),
        ]
        for (option, on) in switches { _ = warren_sqlite3_db_config_switch(handle, option, on) }
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.largestValue)
        sqlite3_progress_handler(
            handle, 1_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<ReadEnd>.fromOpaque(context).takeUnretainedValue().isRaised ? 1 : 0
            }, Unmanaged.passUnretained(end).toOpaque())
        sqlite3_set_authorizer(
            handle,
            { context, action, _, name, _, _ in
                let isAllowed =
                    switch action {
                    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: true
                    case SQLITE_FUNCTION: name.map { String(cString: $0).lowercased() } != "load_extension"
                    default: false
                    }
                guard !isAllowed else { return SQLITE_OK }
                context.map { Unmanaged<QueryProblem>.fromOpaque($0).takeUnretainedValue().isDenied = true }
                return SQLITE_DENY
            }, Unmanaged.passUnretained(problem).toOpaque())
    }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - begin: gets the names of the columns, before the first row.
    ///   - row: gets each row; `false` ends the query.
    /// - Throws: ``QueryError``; ``StorageError`` if a file cannot be read; what the closures throw.
    package func run(
        _ sql: String, begin: ([String]) throws -> Void, row: ([SQLValue]) throws -> Bool
    ) throws {
        (problem.error, problem.isDenied) = (nil, false)
        let statement = try prepared(sql)
        defer { sqlite3_finalize(statement) }
        let columns = 0..<sqlite3_column_count(statement)
        try begin(columns.map { sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? "" })
        let isJSON = columns.map { column in
            sqlite3_column_decltype(statement, column).map { String(cString: $0) } == "JSON TEXT"
        }
        reading: while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                let values = columns.map { column in
                    let value = SQLValue(sqlite3_column_value(statement, column))
                    guard case .text(let text) = value, isJSON[Int(column)] else { return value }
                    return .json(text)
                }
                guard try row(values) else { break reading }
            case SQLITE_DONE: break reading
            case let result: throw failure(result)
            }
        }
        for file in files { try file.checkUnchanged() }
    }

    private func prepared(_ sql: String) throws -> OpaquePointer {
        let (statement, rest) = try sql.withCString { start in
            var (statement, tail) = (nil as OpaquePointer?, nil as UnsafePointer<CChar>?)
            let result = sqlite3_prepare_v3(handle, start, -1, 0, &statement, &tail)
            guard result == SQLITE_OK else { throw failure(result) }
            return (statement, tail.map { String(cString: $0) } ?? "")
        }
        guard let statement else { throw QueryError(.statement, "There is no statement.") }
        var next: OpaquePointer?
        let result = sqlite3_prepare_v3(handle, rest, -1, 0, &next, nil)
        sqlite3_finalize(next)
        // A comment behind the statement is none.
        guard result == SQLITE_OK, next == nil, sqlite3_stmt_readonly(statement) != 0 else {
            sqlite3_finalize(statement)
            throw QueryError(.refused, "Give one statement: SELECT, WITH, VALUES or EXPLAIN.")
        }
        return statement
    }

    private func failure(_ result: Int32) -> any Error {
        if end.hasPassed { return QueryError(.timedOut, "The query did not end within its time limit.") }
        if let error = problem.error { return error }
        let words = String(cString: sqlite3_errmsg(handle))
        // SQLite looks first at whether a table can be changed at all.
        if problem.isDenied || words.hasSuffix("may not be modified") {
            let tables = sources.map(\.table.name).joined(separator: ", ")
            return QueryError(
                .refused, "Only reading is allowed: SELECT, WITH, VALUES and EXPLAIN, over the tables \(tables).")
        }
        switch result & 0xff {
        case SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE:
            return QueryError(.statement, "SQLite: \(words).")
        default: return StorageError(sqlite: result, doing: "reading", in: handle, path: ":memory:")
        }
    }
}
