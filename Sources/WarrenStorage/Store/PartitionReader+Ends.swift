import Warren

/// Counts instances by the time at which they failed or were ended by somebody.
extension PartitionReader {
    /// Reads the newest instances of each status that is asked for: few of a partition have one of these, and an index by the
    /// time of the end would be written for each of them.
    ///
    /// - Parameter most: the maximum number of rows that are looked at.
    /// - Returns: nothing if the time of the question is not divided.
    func endingCounts(_ query: InstanceCountQuery, most: Int) throws(StorageError) -> InstanceCounts {
        guard let endings = query.countedEndings, let to = query.conditions.createdTo else { return InstanceCounts() }
        let statement = try connection.prepare(
            """
            SELECT CASE WHEN i.completed_at BETWEEN ?1 AND ?2 THEN (i.completed_at - ?3) / ?4 ELSE -1 END,
                   count(*) FILTER (WHERE i.completed_at BETWEEN ?1 AND ?2
                       AND (?6 IS NULL OR i.name = ?6)
                       AND (?7 IS NULL OR (i.instance_id >= ?7 AND i.instance_id < ?8))
                       AND (?9 IS NULL OR EXISTS (
                           SELECT 1 FROM tags o INDEXED BY tags_of_instance
                           WHERE o.instance = i.key AND o.key = ?9 AND o.value = ?10))
                       AND i.last_updated_at BETWEEN ?12 AND ?13
                       AND (?14 IS NULL OR i.parent_instance_id = ?14)
                       AND (?17 IS NULL OR i.version = ?17)),
                   count(*)
            FROM (SELECT key, instance_id, name, completed_at, last_updated_at, parent_instance_id, version
                FROM instances INDEXED BY instances_by_status
                WHERE status = ?5 AND created_at <= ?15 ORDER BY created_at DESC LIMIT ?11) i
            GROUP BY 1
            """)
        var counts = InstanceCounts(ended: [])
        var left = most
        for status in endings {
            bindParts(query, to: statement)
            bindConditions(query.conditions, to: statement)
            statement.bind(5, status.rawValue)
            statement.bind(11, left)
            // Nothing ends before it is created.
            statement.bind(15, to)
            var found: [InstanceCounts.Cell] = []
            var seen = 0
            try statement.forEach { (row) throws(StorageError) in
                seen += row.int(2)
                let count = row.int(1)
                if count > 0 { found.append(.init(status: status, bucket: max(0, row.int(0)), count: count)) }
            }
            counts.add(InstanceCounts(ended: found))
            left -= seen
            if left <= 0 {
                counts.isCut = true
                break
            }
        }
        return counts
    }
}
