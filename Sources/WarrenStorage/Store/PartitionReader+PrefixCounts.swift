import Warren

/// Counts the instances with the same beginning of the ID.
extension PartitionReader {
    /// Conditions on the beginning of the ID and the status alone. The index `instances_by_id` counts all of them without
    /// reading a row. The rows that have not completed, which are few, are looked at; what remains has completed.
    ///
    /// - Returns: `nil` if there is a shorter way: there are few instances, or many have not completed.
    func countsOfPrefix(_ query: InstanceCountQuery, most: Int) throws(StorageError) -> InstanceCounts? {
        guard let prefix = query.conditions.idPrefix.map({ Array($0.utf8) }), let last = prefix.last else { return nil }
        // UTF-8 has no byte 0xFF, so the last one can be raised.
        let end = Array(prefix.dropLast()) + [last + 1]
        let total = try connection.prepare(
            """
            SELECT count(*) FROM instances INDEXED BY instances_by_id WHERE instance_id >= ?1 AND instance_id < ?2
            """)
        total.bind(1, utf8: prefix)
        total.bind(2, utf8: end)
        var completed = try total.first { (row) throws(StorageError) in row.int(0) } ?? 0
        guard completed > Self.fewRows else { return nil }
        let others = try connection.prepare(
            """
            SELECT count(*) FILTER (WHERE instance_id >= ?1 AND instance_id < ?2), count(*)
            FROM (SELECT instance_id FROM instances INDEXED BY instances_by_status WHERE status = ?3 LIMIT ?4)
            """)
        var counts = InstanceCounts()
        var left = most
        let wanted = query.conditions.statuses
        for status in RuntimeStatus.allCases where status != .completed {
            others.bind(1, utf8: prefix)
            others.bind(2, utf8: end)
            others.bind(3, status.rawValue)
            others.bind(4, left)
            let (count, seen) = try others.first { (row) throws(StorageError) in (row.int(0), row.int(1)) } ?? (0, 0)
            left -= seen
            guard left > 0 else { return nil }
            completed -= count
            guard count > 0, wanted.isEmpty || wanted.contains(status) else { continue }
            counts.cells.append(.init(status: status, bucket: 0, count: count))
        }
        if completed > 0, wanted.isEmpty || wanted.contains(.completed) {
            counts.cells.append(.init(status: .completed, bucket: 0, count: completed))
        }
        counts.add(InstanceCounts())
        return counts
    }
}
