import Warren

/// Lists instances for people: payloads only on request, and no more bytes than a page may have.
extension PartitionReader {
    /// Output and input are read only on request: a blob that is not selected costs nothing.
    private static let columns = """
        i.key, i.instance_id, i.execution_id, i.generation, i.name, i.status, i.created_at, i.last_updated_at,
        i.completed_at, i.scheduled_start, i.episodes, i.custom_status, i.failure, i.has_tags,
        CASE WHEN ?13 THEN n.input END, CASE WHEN ?14 THEN i.output END,
        i.parent_name, i.parent_instance_id, i.parent_execution_id, i.parent_task_id, i.event_waits,
        i.version, i.condition
        """

    func summaries(_ query: InstanceQuery, bytes: Int) throws(StorageError) -> RecordPage {
        if query.possibleStatuses?.isEmpty == true { return RecordPage() }
        let index = try index(of: query)
        guard index == .status, let statuses = query.possibleStatuses else {
            let (rows, isCut) = try summaries(query, bytes: bytes, index: index, status: nil)
            return RecordPage(rows, of: query, isCut: isCut)
        }
        // The index is ordered within one status: one walk for each, all on the same snapshot, then merged. Beyond the
        // last row of a walk that was cut there may be more, so the page ends there at the latest.
        var found: [InstanceRecord] = []
        var isCut = false
        var ends: [InstanceRecord] = []
        try connection.readTransaction { () throws(StorageError) in
            for status in RuntimeStatus.allCases where statuses.contains(status) {
                let (rows, wasCut) = try summaries(query, bytes: bytes, index: index, status: status)
                found += rows
                guard wasCut, let last = rows.last else { continue }
                isCut = true
                ends.append(last)
            }
        }
        found.sort(by: query.isListedBefore)
        if let end = ends.min(by: query.isListedBefore) { found = found.filter { !query.isListedBefore(end, $0) } }
        return RecordPage(found, of: query, bytes: bytes, isCut: isCut)
    }

    /// - Returns: rows in order, and whether it stopped at the byte limit.
    private func summaries(
        _ query: InstanceQuery, bytes: Int, index: ListingIndex, status: RuntimeStatus?
    ) throws(StorageError) -> (rows: [InstanceRecord], isCut: Bool) {
        let listing = Listing(index: index, order: query.order)
        let statement: Statement
        if let known = summaryListings[listing] {
            statement = known
        } else {
            statement = try connection.prepare(index.sql(columns: Self.columns, order: query.order))
            summaryListings[listing] = statement
        }
        bind(query, index: index, status: status, to: statement)
        statement.bind(13, query.includeInput ? 1 : 0)
        statement.bind(14, query.includeOutput ? 1 : 0)
        var rows: [InstanceRecord] = []
        var read = 0
        var isCut = false
        try statement.readRows { (row) throws(StorageError) in
            // One row more than the limit allows would be the first to be left out.
            guard read < bytes else {
                isCut = true
                return false
            }
            let record = try summary(row)
            read += record.listedBytes
            rows.append(record)
            return true
        }
        return (rows, isCut)
    }

    private func summary(_ row: Statement) throws(StorageError) -> InstanceRecord {
        let key = row.int64(0)
        let status = RuntimeStatus(rawValue: row.shownText(5)) ?? .running
        var record = InstanceRecord(
            key: key, instanceID: row.shownText(1), executionID: row.shownText(2), generation: row.int(3),
            name: row.shownText(4), status: status, createdAt: row.timestamp(6), lastUpdatedAt: row.timestamp(7),
            completedAt: row.optionalTimestamp(8), scheduledStart: row.optionalTimestamp(9),
            input: Payload(bytes: row.optionalBlob(14) ?? []), output: row.optionalBlob(15).map(Payload.init(bytes:)),
            customStatus: row.optionalBlob(11).map(Payload.init(bytes:)), episodes: row.int(10),
            eventWaits: row.textBytes(20) ?? [], version: row.textBytes(21).map { String(decoding: $0, as: UTF8.self) })
        record.conditionBytes = row.textBytes(22) ?? []
        record.failure = row.textBytes(12).flatMap(FailureColumn.decode)
        if row.textBytes(16) != nil {
            record.parent = ParentInstance(
                name: row.shownText(16), instanceID: row.shownText(17), executionID: row.shownText(18),
                taskID: row.int(19))
        }
        if row.int64(13) != 0 {
            tags.bind(1, key)
            var found: [String: String] = [:]
            try tags.forEach { (tag) throws(StorageError) in found[tag.shownText(0)] = tag.shownText(1) }
            record.tags = found
        }
        return record
    }
}

extension Statement {
    /// A text for people: empty if it cannot be read.
    fileprivate func shownText(_ column: Int32) -> String {
        do {
            return try text(column)
        } catch {
            return ""
        }
    }
}

extension InstanceRecord {
    /// The size that the instance adds to a page of a listing, in bytes.
    var listedBytes: Int {
        512 + input.bytes.count + (output?.bytes.count ?? 0) + (customStatus?.bytes.count ?? 0)
            + (failure.map { $0.message.utf8.count + ($0.stack?.utf8.count ?? 0) } ?? 0)
            + eventWaits.count + conditionBytes.count + tags.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }
}

extension RecordPage {
    /// A page of ordered rows, of which there may be more than fit, and more than these.
    init(_ rows: [InstanceRecord], of query: InstanceQuery, bytes: Int = .max, isCut: Bool) {
        let limit = query.pageLimit
        var read = 0
        var count = 0
        for row in rows {
            guard count < limit, read < bytes else { break }
            read += row.listedBytes
            count += 1
        }
        let instances = Array(rows.prefix(count))
        let hasMore = isCut || count < rows.count
        self.init(
            instances: instances,
            next: hasMore ? instances.last.map(query.cursor) : nil)
    }
}
