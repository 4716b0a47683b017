import Warren

/// Writes messages that are not yet confirmed.
struct OutboxTable {
    private let insert: Statement
    private let remove: Statement

    init(_ connection: Connection) throws(StorageError) {
        insert = try connection.prepare("INSERT INTO outbox (id, checksum, messages) VALUES (?1, ?2, ?3)")
        remove = try connection.prepare("DELETE FROM outbox WHERE id = ?1")
    }

    func insert(_ row: OutboxRow) throws(StorageError) {
        insert.bind(1, row.id)
        insert.bind(2, row.checksum)
        insert.bind(3, blob: row.messages)
        try insert.run()
    }

    func remove(_ id: Int64) throws(StorageError) {
        remove.bind(1, id)
        try remove.run()
    }
}

extension OutboxRow {
    var checksum: Int64 { Checksum.of(messages, seed: id) }
}
