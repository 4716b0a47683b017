import Warren

/// Counts instances without reading them.
extension PartitionReader {
    /// - Parameter most: the maximum number of rows that are looked at where an index alone does not answer.
    func instanceCounts(_ query: InstanceCountQuery, most: Int) throws(StorageError) -> InstanceCounts {
        try connection.readTransaction { () throws(StorageError) in
            let source = CountSource(query.conditions)
            return source == .status
                ? try countsOfStatuses(query) : try countsOfRows(query, from: source, most: most)
        }
    }

    /// Conditions on status and creation time alone: the index `instances_by_status` has both, so that no row is read.
    private func countsOfStatuses(_ query: InstanceCountQuery) throws(StorageError) -> InstanceCounts {
        let statement = try connection.prepare(
            """
            SELECT (created_at - ?3) / ?4, count(*)
            FROM instances INDEXED BY instances_by_status
            WHERE status = ?5 AND created_at BETWEEN ?1 AND ?2
            GROUP BY 1
            """)
        var counts = InstanceCounts()
        let wanted = query.conditions.statuses
        for status in RuntimeStatus.allCases where wanted.isEmpty || wanted.contains(status) {
            bind(query, to: statement)
            statement.bind(5, status.rawValue)
            var found = InstanceCounts()
            try statement.forEach { (row) throws(StorageError) in
                found.cells.append(.init(status: status, bucket: row.int(0), count: row.int(1)))
            }
            counts.add(found)
        }
        return counts
    }

    /// Other conditions: the rows that the most selective index finds are looked at, up to a bound.
    private func countsOfRows(
        _ query: InstanceCountQuery, from source: CountSource, most: Int
    ) throws(StorageError) -> InstanceCounts {
        let conditions = query.conditions
        let statement = try connection.prepare(
            """
            SELECT i.status, CASE WHEN i.created_at BETWEEN ?1 AND ?2 THEN (i.created_at - ?3) / ?4 ELSE -1 END,
                   count(*) FILTER (WHERE i.created_at BETWEEN ?1 AND ?2
                       AND (?6 IS NULL OR i.name = ?6)
                       AND (?7 IS NULL OR (i.instance_id >= ?7 AND i.instance_id < ?8))
                       AND (?9 IS NULL OR EXISTS (
                           SELECT 1 FROM tags o INDEXED BY tags_of_instance
                           WHERE o.instance = i.key AND o.key = ?9 AND o.value = ?10))),
                   count(*)
            FROM (\(source.sql) LIMIT ?11) i
            GROUP BY 1, 2
            """)
        bind(query, to: statement)
        statement.bind(6, conditions.name)
        if let prefix = conditions.idPrefix.map({ Array($0.utf8) }), let last = prefix.last {
            statement.bind(7, utf8: prefix)
            // UTF-8 has no byte 0xFF, so the last one can be raised.
            statement.bind(8, utf8: prefix.dropLast() + [last + 1])
        }
        statement.bind(9, conditions.tag?.key)
        statement.bind(10, conditions.tag?.value)
        statement.bind(11, most)
        var counts = InstanceCounts()
        var seen = 0
        try statement.forEach { (row) throws(StorageError) in
            seen += row.int(3)
            let count = row.int(2)
            guard count > 0, let status = RuntimeStatus(rawValue: row.repairedText(0)) else { return }
            guard conditions.statuses.isEmpty || conditions.statuses.contains(status) else { return }
            counts.cells.append(.init(status: status, bucket: max(0, row.int(1)), count: count))
        }
        counts.isCut = seen >= most
        counts.add(InstanceCounts())
        return counts
    }

    /// Binds parameters 1 to 4: creation time from and to, and the beginning and the length of the parts of the time.
    private func bind(_ query: InstanceCountQuery, to statement: Statement) {
        let from = query.conditions.createdFrom?.microseconds
        statement.bind(1, from ?? .min)
        statement.bind(2, query.conditions.createdTo?.microseconds ?? .max)
        // Without parts every time is in part 0: a time divided by the largest number.
        let width = query.bucketMicroseconds ?? 0
        statement.bind(3, width > 0 ? from ?? 0 : 0)
        statement.bind(4, width > 0 ? width : Int64.max)
    }

    /// Where the rows to look at come from.
    private enum CountSource {
        case status, name, idPrefix, tag

        init(_ query: InstanceQuery) {
            self =
                if query.tag != nil {
                    .tag
                } else if query.idPrefix?.isEmpty == false {
                    .idPrefix
                } else if query.name != nil {
                    .name
                } else {
                    .status
                }
        }

        var sql: String {
            let columns = "i.key, i.instance_id, i.name, i.status, i.created_at"
            return switch self {
            case .tag:
                """
                SELECT \(columns) FROM tags t INDEXED BY tags_by_value CROSS JOIN instances i ON i.key = t.instance
                WHERE t.key = ?9 AND t.value = ?10
                """
            case .idPrefix:
                """
                SELECT \(columns) FROM instances i INDEXED BY instances_by_id
                WHERE i.instance_id >= ?7 AND i.instance_id < ?8
                """
            case .name, .status:
                """
                SELECT \(columns) FROM instances i INDEXED BY instances_by_name
                WHERE i.name = ?6 AND i.created_at BETWEEN ?1 AND ?2 ORDER BY i.created_at DESC
                """
            }
        }
    }
}
