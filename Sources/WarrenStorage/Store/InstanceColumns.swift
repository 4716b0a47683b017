import Warren

/// Reading instance rows.
enum InstanceColumns {
    /// The columns of `instances i LEFT JOIN inputs n`, in the order that `read` expects.
    static let list = """
        i.key, i.instance_id, i.execution_id, i.generation, i.name, i.status, i.created_at, i.last_updated_at,
        i.completed_at, i.scheduled_start, i.episodes, i.output, i.custom_status, i.failure, i.waiters, i.parent_name,
        i.parent_instance_id, i.parent_execution_id, i.parent_task_id, i.has_tags, n.input
        """

    /// - Parameter tags: reads the tags of an instance; it has to see the same snapshot, so the row's statement stays
    ///   open meanwhile.
    static func read(_ row: Statement, tags: Statement) throws(StorageError) -> InstanceRecord {
        let key = row.int64(0)
        let path = row.connection.path
        guard let status = RuntimeStatus(rawValue: try row.text(5)), let input = row.optionalBlob(20) else {
            throw StorageError(.corrupt, "The row of instance \(key) cannot be read. Restore a backup.", path: path)
        }
        var record = InstanceRecord(
            key: key, instanceID: try row.text(1), executionID: try row.text(2), generation: row.int(3),
            name: try row.text(4), status: status, createdAt: row.timestamp(6), lastUpdatedAt: row.timestamp(7),
            completedAt: row.optionalTimestamp(8), scheduledStart: row.optionalTimestamp(9),
            input: Payload(bytes: input), output: row.optionalBlob(11).map(Payload.init(bytes:)),
            customStatus: row.optionalBlob(12).map(Payload.init(bytes:)), episodes: row.int(10), waiters: row.blob(14))
        if let failure = try row.optionalText(13) {
            record.failure = try FailureColumn.decode(failure, path: path)
        }
        if let parent = try row.optionalText(15) {
            record.parent = ParentInstance(
                name: parent, instanceID: try row.text(16), executionID: try row.text(17), taskID: row.int(18))
        }
        if row.int64(19) != 0 {
            tags.bind(1, key)
            var found: [String: String] = [:]
            try tags.forEach { (tag) throws(StorageError) in found[try tag.text(0)] = try tag.text(1) }
            record.tags = found
        }
        return record
    }
}
