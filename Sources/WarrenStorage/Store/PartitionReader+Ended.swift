import Warren

/// Finds the instances that ended first.
extension PartitionReader {
    func ended(
        _ status: RuntimeStatus, after place: EndedInstance?, most: Int
    ) throws(StorageError) -> [EndedInstance] {
        let statement = try connection.prepare(
            """
            SELECT key, completed_at FROM instances INDEXED BY instances_by_end
            WHERE status = ?1 AND completed_at IS NOT NULL AND (completed_at, key) > (?2, ?3)
            ORDER BY completed_at, key LIMIT ?4
            """)
        statement.bind(1, status.rawValue)
        statement.bind(2, place?.completedAt ?? Timestamp(microseconds: .min))
        statement.bind(3, place?.key ?? .min)
        statement.bind(4, most)
        var found: [EndedInstance] = []
        try statement.forEach { (row) throws(StorageError) in
            found.append(EndedInstance(key: row.int64(0), completedAt: Timestamp(microseconds: row.int64(1))))
        }
        return found
    }
}
