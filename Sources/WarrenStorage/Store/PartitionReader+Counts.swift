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
    ///
    /// Of the condition on what an instance waits for, this tests what the row tells: that it is open, and its waits for
    /// events.
    private func countsOfRows(
        _ query: InstanceCountQuery, from source: CountSource, most: Int
    ) throws(StorageError) -> InstanceCounts {
        var counts = InstanceCounts()
        let statuses = query.conditions.possibleStatuses ?? RuntimeStatus.allCases
        // By status there is one walk for each, all under one bound.
        let walks: [RuntimeStatus?] =
            source == .rowsOfStatus ? RuntimeStatus.allCases.filter(statuses.contains) : [nil]
        var left = most
        for status in walks {
            left -= try count(query, of: status, from: source, most: left, statuses: statuses, into: &counts)
            guard left > 0 else { break }
        }
        counts.isCut = left <= 0
        counts.add(InstanceCounts())
        return counts
    }

    /// - Parameter status: the status whose rows are looked at; `nil` for those of the source.
    /// - Returns: the number of rows that were looked at.
    private func count(
        _ query: InstanceCountQuery, of status: RuntimeStatus?, from source: CountSource, most: Int,
        statuses: [RuntimeStatus], into counts: inout InstanceCounts
    ) throws(StorageError) -> Int {
        let conditions = query.conditions
        let statement = try connection.prepare(
            """
            SELECT i.status, CASE WHEN i.created_at BETWEEN ?1 AND ?2 THEN (i.created_at - ?3) / ?4 ELSE -1 END,
                   count(*) FILTER (WHERE i.created_at BETWEEN ?1 AND ?2
                       AND i.last_updated_at BETWEEN ?12 AND ?13
                       AND (?6 IS NULL OR i.name = ?6)
                       AND (?7 IS NULL OR (i.instance_id >= ?7 AND i.instance_id < ?8))
                       AND (?9 IS NULL OR EXISTS (
                           SELECT 1 FROM tags o INDEXED BY tags_of_instance
                           WHERE o.instance = i.key AND o.key = ?9 AND o.value = ?10))
                       AND (?14 IS NULL OR i.parent_instance_id = ?14)
                       AND (?15 IS NULL OR waits_for_event(i.event_waits, ?16))),
                   count(*)
            FROM (\(source.sql) LIMIT ?11) i
            GROUP BY 1, 2
            """)
        bind(query, to: statement)
        statement.bind(5, status?.rawValue)
        statement.bind(6, conditions.name)
        if let prefix = conditions.idPrefix.map({ Array($0.utf8) }), let last = prefix.last {
            statement.bind(7, utf8: prefix)
            // UTF-8 has no byte 0xFF, so the last one can be raised.
            statement.bind(8, utf8: prefix.dropLast() + [last + 1])
        }
        statement.bind(9, conditions.tag?.key)
        statement.bind(10, conditions.tag?.value)
        statement.bind(11, most)
        statement.bind(12, conditions.updatedFrom?.microseconds ?? .min)
        statement.bind(13, conditions.updatedTo?.microseconds ?? .max)
        statement.bind(14, conditions.parentID)
        let event = conditions.waitsFor.flatMap { $0.isAboutEvents ? $0 : nil }
        statement.bind(15, event == nil ? nil : 1)
        statement.bind(16, event?.name)
        var seen = 0
        try statement.forEach { (row) throws(StorageError) in
            seen += row.int(3)
            let count = row.int(2)
            guard count > 0, let found = RuntimeStatus(rawValue: row.repairedText(0)), statuses.contains(found) else {
                return
            }
            counts.cells.append(.init(status: found, bucket: max(0, row.int(1)), count: count))
        }
        return seen
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
        /// `status` reads the index alone.
        case status, rowsOfStatus, name, idPrefix, tag, parent

        init(_ query: InstanceQuery) {
            self =
                if query.parentID != nil {
                    .parent
                } else if query.tag != nil {
                    .tag
                } else if query.idPrefix?.isEmpty == false {
                    .idPrefix
                } else if query.name != nil {
                    .name
                } else if query.updatedFrom != nil || query.updatedTo != nil || query.waitsFor != nil {
                    .rowsOfStatus
                } else {
                    .status
                }
        }

        var sql: String {
            let columns =
                """
                i.key, i.instance_id, i.name, i.status, i.created_at, i.last_updated_at, i.parent_instance_id,
                i.event_waits
                """
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
            case .parent:
                """
                SELECT \(columns) FROM instances i INDEXED BY instances_by_parent WHERE i.parent_instance_id = ?14
                """
            case .status, .rowsOfStatus:
                """
                SELECT \(columns) FROM instances i INDEXED BY instances_by_status
                WHERE i.status = ?5 AND i.created_at BETWEEN ?1 AND ?2 ORDER BY i.created_at DESC
                """
            case .name:
                """
                SELECT \(columns) FROM instances i INDEXED BY instances_by_name
                WHERE i.name = ?6 AND i.created_at BETWEEN ?1 AND ?2 ORDER BY i.created_at DESC
                """
            }
        }
    }
}
