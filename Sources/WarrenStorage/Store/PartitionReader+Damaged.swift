import Warren

/// Reads the rows that were set aside. People ask for them seldom: the statements are not kept.
extension PartitionReader {
    /// - Parameter most: the maximum number of rows read; all are counted, and the table has a bound.
    func damagedRows(most: Int) throws(StorageError) -> DamagedRows {
        try connection.readTransaction { () throws(StorageError) in
            var found = DamagedRows()
            let counts = try connection.prepare("SELECT source, count(*) FROM damaged GROUP BY source")
            try counts.forEach { (row) throws(StorageError) in
                found.counts[row.repairedText(0)] = row.int(1)
            }
            // The number of a row of another table does not identify an instance, and its content cannot be trusted.
            let rows = try connection.prepare(
                """
                SELECT d.source, d.row_key, d.reason, d.set_aside_at, i.instance_id
                FROM damaged d LEFT JOIN instances i ON d.source IN ('instances', 'history') AND i.key = d.row_key
                ORDER BY d.id DESC LIMIT ?1
                """)
            rows.bind(1, most)
            try rows.forEach { (row) throws(StorageError) in
                found.rows.append(
                    DamagedRows.Kept(
                        table: row.repairedText(0), key: row.int64(1),
                        instanceID: row.textBytes(4).map { String(decoding: $0, as: UTF8.self) },
                        reason: row.repairedText(2), setAsideAt: row.timestamp(3)))
            }
            return found
        }
    }
}
