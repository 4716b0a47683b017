import Warren

/// Counts instances without reading them.
extension PartitionReader {
    /// - Parameter most: the maximum number of rows that are looked at where an index alone does not answer.
    func instanceCounts(_ query: InstanceCountQuery, most: Int) throws(StorageError) -> InstanceCounts {
        try connection.readTransaction { () throws(StorageError) in
            let source = CountSource(query.conditions)
            var counts =
                if source == .status {
                    try countsOfStatuses(query)
                } else if source == .name, query.conditions.isOfIndexes,
                    let counts = try countsOfName(query, most: most)
                {
                    counts
                } else if source == .idPrefix, query.isOfIDsAlone,
                    let counts = try countsOfPrefix(query, most: most)
                {
                    counts
                } else {
                    try countsOfRows(query, from: source, most: most)
                }
            counts.add(try endingCounts(query, most: most))
            return counts
        }
    }

    /// Conditions on status and creation time alone: the index `instances_by_status` has both, so that no row is read. Each
    /// part of the time is a range of the index: SQLite would sort all entries to group them.
    private func countsOfStatuses(_ query: InstanceCountQuery) throws(StorageError) -> InstanceCounts {
        let statement = try connection.prepare(
            """
            SELECT count(*) FROM instances INDEXED BY instances_by_status
            WHERE status = ?3 AND created_at BETWEEN ?1 AND ?2
            """)
        var counts = InstanceCounts()
        let entities = try entityCounts(in: parts(of: query))
        let wanted = query.conditions.statuses
        // Nearly all instances of a partition have completed: the commits count all of them, so that without a condition these
        // are what remains, and their part of the index is not read.
        let isSimple =
            query.bucketMicroseconds == nil && query.conditions.createdFrom == nil
            && query.conditions.createdTo == nil && wanted.isEmpty
        for status in RuntimeStatus.allCases
        where isSimple ? status != .completed : wanted.isEmpty || wanted.contains(status) {
            let cells = try self.counts(statement, of: status.rawValue, in: parts(of: query)).map { part, count in
                let others = status == .running ? entities[part, default: 0] : 0
                return InstanceCounts.Cell(status: status, bucket: part, count: max(0, count - others))
            }
            counts.add(InstanceCounts(cells: cells.filter { $0.count > 0 }))
        }
        guard isSimple else { return counts }
        let completed = try instanceCount() - counts.cells.reduce(entities[0, default: 0]) { $0 + $1.count }
        if completed > 0 {
            counts.add(InstanceCounts(cells: [.init(status: .completed, bucket: 0, count: completed)]))
        }
        return counts
    }

    /// The number of entities, which are no instances for people, by the part of the time in which they were created. Their
    /// rows have names that begin with `@`, and the status `Running` as long as they can be read.
    private func entityCounts(in parts: [(from: Int64, to: Int64)]) throws(StorageError) -> [Int: Int] {
        let statement = try connection.prepare(
            """
            SELECT count(*) FROM instances INDEXED BY instances_by_name
            WHERE name >= '@' AND name < 'A' AND created_at BETWEEN ?1 AND ?2 AND ?3 IS NULL
            """)
        return try counts(statement, of: nil, in: parts)
    }

    /// Conditions on the name, status and creation time alone. The index `instances_by_name` has the name and the time, so
    /// that all of a name are counted without reading a row. The rows that have not completed, which are few, are looked
    /// at; what remains has completed.
    ///
    /// - Returns: `nil` if there is a shorter way: the name has few instances, or many have not completed.
    private func countsOfName(_ query: InstanceCountQuery, most: Int) throws(StorageError) -> InstanceCounts? {
        let totals = try connection.prepare(
            """
            SELECT count(*) FROM instances INDEXED BY instances_by_name
            WHERE name = ?3 AND created_at BETWEEN ?1 AND ?2
            """)
        var completed = try self.counts(totals, of: query.conditions.name, in: parts(of: query))
        guard completed.values.reduce(0, +) > Self.fewRows else { return nil }
        let others = try connection.prepare(
            """
            SELECT (created_at - ?3) / ?4, count(*) FILTER (WHERE name = ?6), count(*)
            FROM (SELECT created_at, name FROM instances INDEXED BY instances_by_status
                WHERE status = ?5 AND created_at BETWEEN ?1 AND ?2 LIMIT ?7)
            GROUP BY 1
            """)
        var counts = InstanceCounts()
        var left = most
        let wanted = query.conditions.statuses
        for status in RuntimeStatus.allCases where status != .completed {
            bindParts(query, to: others)
            others.bind(5, status.rawValue)
            others.bind(6, query.conditions.name)
            others.bind(7, left)
            try others.forEach { (row) throws(StorageError) in
                left -= row.int(2)
                let (part, count) = (row.int(0), row.int(1))
                completed[part, default: 0] -= count
                guard count > 0, wanted.isEmpty || wanted.contains(status) else { return }
                counts.cells.append(.init(status: status, bucket: part, count: count))
            }
            guard left > 0 else { return nil }
        }
        if wanted.isEmpty || wanted.contains(.completed) {
            for (part, count) in completed where count > 0 {
                counts.cells.append(.init(status: .completed, bucket: part, count: count))
            }
        }
        counts.add(InstanceCounts())
        return counts
    }

    /// The number of rows that are looked at without much thought.
    static let fewRows = 10_000

    /// Runs a statement that counts those of a text, ?3, between ?1 and ?2, for each part of the time; parts without any are
    /// left out.
    private func counts(
        _ statement: Statement, of text: String?, in parts: [(from: Int64, to: Int64)]
    ) throws(StorageError) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for (number, part) in parts.enumerated() {
            statement.bind(1, part.from)
            statement.bind(2, part.to)
            statement.bind(3, text)
            let count = try statement.first { (row) throws(StorageError) in row.int(0) } ?? 0
            if count > 0 { found[number] = count }
        }
        return found
    }

    /// The parts of the time of a question, which are not more than it may have.
    private func parts(of query: InstanceCountQuery) -> [(from: Int64, to: Int64)] {
        let from = query.conditions.createdFrom?.microseconds ?? .min
        let to = query.conditions.createdTo?.microseconds ?? .max
        guard from <= to else { return [] }
        guard let width = query.bucketMicroseconds, query.isBounded else { return [(from, to)] }
        return (0...(to - from) / width).map { number in
            let start = from + number * width
            let (end, isBehind) = start.addingReportingOverflow(width - 1)
            return (start, isBehind ? to : min(to, end))
        }
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

    /// - Parameter status: the status of the rows that are looked at; `nil` for those of the source.
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
                       AND (?7 IS NOT NULL OR i.instance_id < '@' OR i.instance_id >= 'A')
                       AND (?9 IS NULL OR EXISTS (
                           SELECT 1 FROM tags o INDEXED BY tags_of_instance
                           WHERE o.instance = i.key AND o.key = ?9 AND o.value = ?10))
                       AND (?14 IS NULL OR i.parent_instance_id = ?14)
                       AND (?17 IS NULL OR i.version = ?17)
                       AND (?15 IS NULL OR waits_for_event(i.event_waits, ?16))),
                   count(*)
            FROM (\(source.sql) LIMIT ?11) i
            GROUP BY 1, 2
            """)
        bindParts(query, to: statement)
        statement.bind(5, status?.rawValue)
        bindConditions(conditions, to: statement)
        statement.bind(11, most)
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

    /// Binds parameters 6 to 10, name, ID from and below, and tag, 12 to 14, time of the last change from and to, and parent,
    /// and 17, version.
    func bindConditions(_ conditions: InstanceQuery, to statement: Statement) {
        statement.bind(6, conditions.name)
        if let prefix = conditions.idPrefix.map({ Array($0.utf8) }), let last = prefix.last {
            statement.bind(7, utf8: prefix)
            // UTF-8 has no byte 0xFF, so the last one can be raised.
            statement.bind(8, utf8: prefix.dropLast() + [last + 1])
        }
        statement.bind(9, conditions.tag?.key)
        statement.bind(10, conditions.tag?.value)
        statement.bind(12, conditions.updatedFrom?.microseconds ?? .min)
        statement.bind(13, conditions.updatedTo?.microseconds ?? .max)
        statement.bind(14, conditions.parentID)
        statement.bind(17, conditions.version)
    }

    /// Binds parameters 1 to 4: time from and to, and the beginning and the length of the parts of the time.
    func bindParts(_ query: InstanceCountQuery, to statement: Statement) {
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
                } else if query.updatedFrom != nil || query.updatedTo != nil || query.waitsFor != nil
                    || query.version != nil
                {
                    .rowsOfStatus
                } else {
                    .status
                }
        }

        var sql: String {
            let columns =
                """
                i.key, i.instance_id, i.name, i.status, i.created_at, i.last_updated_at, i.parent_instance_id,
                i.event_waits, i.version
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

extension InstanceCountQuery {
    /// Whether the indexes by ID and by status tell which instances of a beginning of the ID meet the conditions.
    fileprivate var isOfIDsAlone: Bool {
        bucketMicroseconds == nil && conditions.createdFrom == nil && conditions.createdTo == nil
            && conditions.name == nil && conditions.isOfIndexes
    }
}

extension InstanceQuery {
    /// Whether the columns of the indexes by name and by status tell which instances of a name meet the conditions.
    fileprivate var isOfIndexes: Bool {
        updatedFrom == nil && updatedTo == nil && waitsFor == nil && version == nil
    }
}
