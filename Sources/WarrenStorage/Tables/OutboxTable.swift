import Warren

/// Writes messages that are not yet confirmed.
struct OutboxTable {
    private let rows: RowInsert<OutboxRow>
    private let remove: Statement

    init(_ connection: Connection) throws(StorageError) {
        rows = try RowInsert(
            into: "outbox", columns: ["id", "checksum", "messages"], on: connection
        ) { row, statement, first in
            statement.bind(first, row.id)
            statement.bind(first + 1, row.checksum)
        } blob: { row in
            row.messages
        }
        remove = try connection.prepare("DELETE FROM outbox WHERE id BETWEEN ?1 AND ?2")
    }

    func insert(_ rows: [OutboxRow]) throws(StorageError) {
        try self.rows.insert(rows) { (row) throws(StorageError) in
            throw StorageError(
                .misuse, "Row \(row.id) of the outbox exists already.", path: remove.connection.path)
        }
    }

    /// Removes rows. Those of consecutive numbers, as they are confirmed for the most part, are removed by one run.
    func remove(_ ids: [Int64]) throws(StorageError) {
        var rest = ids[...]
        while let first = rest.popFirst() {
            var last = first
            while let next = rest.first, last < .max, next == last + 1 {
                last = next
                rest.removeFirst()
            }
            remove.bind(1, first)
            remove.bind(2, last)
            try remove.run()
        }
    }
}

extension OutboxRow {
    var checksum: Int64 { Checksum.of(messages, seed: id) }
}
