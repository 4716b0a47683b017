import CSQLite
import Warren
import WarrenSupport

/// One SQLite connection, used by one thread at a time; closed when it and its statements are released.
///
/// Every connection is hardened the same way, because a data directory can be restored from anywhere: no extensions, no
/// attached files, no triggers or views, and nothing in the file's own schema is trusted.
final class Connection {
    enum Mode {
        case readWrite, readOnly
        /// Reads a file that nobody writes: without locks, and without the companions that every other reader makes. What
        /// a writer does meanwhile is not noticed.
        case immutable
    }

    /// The time that a statement waits for a lock. Only other programs hold one for long, for example a backup tool.
    private static let busyTimeoutMilliseconds: Int32 = 5_000

    let path: String
    let handle: OpaquePointer
    private var end: ReadEnd?

    init(path: String, mode: Mode) throws(StorageError) {
        SQLiteLibrary.configure()
        let access = mode == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        // NOMUTEX: the connection has one user at a time. EXRESCODE: errors name their exact cause.
        var flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var name = path
        if mode == .immutable {
            // Only an address can say so (https://www.sqlite.org/uri.html).
            flags |= SQLITE_OPEN_URI
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            name = "file:" + parts.map(PercentEncoding.encoded).joined(separator: "/") + "?immutable=1"
        }
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(name, &opened, flags, mode == .readWrite ? LogFiles.name : nil)
        guard result == SQLITE_OK, let opened else {
            let error = StorageError(sqlite: result, doing: "opening", in: opened, path: path)
            sqlite3_close_v2(opened)
            throw error
        }
        self.path = path
        self.handle = opened
        try harden()
        // A commit is on the disk before others see it. It is set before the first write: `LogFiles` depends on it.
        if mode == .readWrite { try execute("PRAGMA synchronous = FULL") }
    }

    deinit {
        // With open statements it becomes a zombie that ends with the last of them; SQLite documents this form for
        // languages with garbage collection or reference counting.
        sqlite3_close_v2(handle)
    }

    /// Makes every statement fail with `.closed` once `end` is raised, also a running one.
    func heed(_ end: ReadEnd) {
        // The handler reads it as long as the connection lives.
        self.end = end
        sqlite3_progress_handler(
            handle, 1_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<ReadEnd>.fromOpaque(context).takeUnretainedValue().isRaised ? 1 : 0
            }, Unmanaged.passUnretained(end).toOpaque())
    }

    /// Allows `VACUUM INTO`, for which SQLite attaches the copy. Nothing else is prepared on such a connection.
    func allowCopying() { sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 1) }

    /// Whether no transaction is open.
    var isAutocommit: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// The number of rows that the last finished statement inserted, changed or deleted.
    var changes: Int64 { sqlite3_changes64(handle) }

    /// Runs statements that return nothing and take no parameters, separated by semicolons.
    func execute(_ sql: String) throws(StorageError) {
        let result = sqlite3_exec(handle, sql, nil, nil, nil)
        guard result == SQLITE_OK else { throw error(result, doing: "executing `\(sql.prefix(80))`") }
    }

    /// Prepares a statement that is kept and used repeatedly.
    func prepare(_ sql: String) throws(StorageError) -> Statement {
        try Statement(sql, on: self)
    }

    /// The one integer that a query returns, for pragmas and counts.
    func integer(_ sql: String) throws(StorageError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.first { (row) throws(StorageError) in row.int64(0) }
    }

    /// The one text that a query returns.
    func text(_ sql: String) throws(StorageError) -> String? {
        let statement = try prepare(sql)
        return try statement.first { (row) throws(StorageError) in try row.text(0) }
    }

    func error(_ result: Int32, doing action: String) -> StorageError {
        StorageError(sqlite: result, doing: action, in: handle, path: path)
    }

    private func harden() throws(StorageError) {
        let switches: [(option: Int32, on: Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1),
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
            (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_ENABLE_VIEW, 0),
            (SQLITE_DBCONFIG_ENABLE_FKEY, 0),
        ]
        for (option, on) in switches {
            let result = warren_sqlite3_db_config_switch(handle, option, on)
            guard result == SQLITE_OK else { throw error(result, doing: "setting option \(option)") }
        }
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_busy_timeout(handle, Self.busyTimeoutMilliseconds)
        // No memory-mapped reads: a file that another program truncates must give an error, not a SIGBUS.
        try execute("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY")
    }
}
