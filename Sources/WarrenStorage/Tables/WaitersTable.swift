import Warren

/// Writes the callers that wait for an instance's end.
struct WaitersTable {
    private let insert: Statement
    private let remove: Statement

    init(_ connection: Connection) throws(StorageError) {
        insert = try connection.prepare("INSERT INTO waiters (instance, address) VALUES (?1, ?2)")
        remove = try connection.prepare("DELETE FROM waiters WHERE instance = ?1")
    }

    func insert(_ row: WaiterRow) throws(StorageError) {
        insert.bind(1, row.instance)
        insert.bind(2, blob: row.address)
        try insert.run()
    }

    /// Removes all waiters of an instance.
    func remove(_ instance: Int64) throws(StorageError) {
        remove.bind(1, instance)
        try remove.run()
    }
}
