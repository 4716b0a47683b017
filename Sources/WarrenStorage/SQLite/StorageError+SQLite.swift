import CSQLite
import Warren

extension StorageError {
    /// Translates an SQLite result to an error.
    ///
    /// - Parameters:
    ///   - result: an extended result code; the low byte is the primary one (https://www.sqlite.org/rescode.html).
    ///   - action: the attempted operation, for the message: "opening".
    ///   - database: the connection, for SQLite's own words, if there is one.
    init(sqlite result: Int32, doing action: String, in database: OpaquePointer?, path: String) {
        let words = String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(result))
        let (code, advice): (Code, String) =
            switch result & 0xff {
            case SQLITE_FULL: (.full, "The disk is full. Free some space, then open the partition again.")
            case SQLITE_CORRUPT, SQLITE_NOTADB: (.corrupt, "The file is damaged. Restore a backup.")
            case SQLITE_BUSY: (.inUse, "Another program holds a lock on the file. Stop it.")
            case SQLITE_INTERRUPT: (.closed, "The store was closed meanwhile.")
            case SQLITE_CONSTRAINT: (.misuse, "A row exists already or breaks a rule of its table.")
            case SQLITE_TOOBIG: (.misuse, "A value is larger than SQLite can store.")
            case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_NOMEM,
                SQLITE_PROTOCOL, SQLITE_NOLFS:
                (.io, "Check the disk, the permissions and the file system.")
            default: (.misuse, "This is a fault in Warren.")
            }
        self.init(code, "\(action) failed: \(words) [SQLite \(result)]. \(advice)", path: path)
    }
}
