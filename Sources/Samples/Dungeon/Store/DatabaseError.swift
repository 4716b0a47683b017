import CSQLite

/// SQLite could not do what it was asked.
struct DatabaseError: Error, CustomStringConvertible {
    /// The extended result code.
    let code: Int32
    let description: String

    init(_ code: Int32, _ database: OpaquePointer?, doing action: String) {
        self.code = code
        let words = String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        description = "\(words) [SQLite \(code)] in: \(action)"
    }
}
