import CSQLite

/// SQLite could not do what it was asked.
public struct DatabaseError: Error, CustomStringConvertible {
    /// SQLite's extended result code.
    public let code: Int32
    /// What SQLite says, and about which statement.
    public let description: String

    init(_ code: Int32, _ database: OpaquePointer?, doing action: String) {
        self.code = code
        let words = String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        description = "\(words) [SQLite \(code)] in: \(action)"
    }
}
