import CSQLite

/// SQLite could not do what it was asked.
struct DatabaseError: Error, CustomStringConvertible {
    let description: String

    init(_ database: OpaquePointer?, doing action: String) {
        description = "\(String(cString: sqlite3_errmsg(database))) in: \(action)"
    }
}
