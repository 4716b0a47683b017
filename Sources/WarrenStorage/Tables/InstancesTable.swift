import Warren

/// Writes instances.
struct InstancesTable {
    private let insert: Statement
    private let step: Statement
    private let stepWithStatus: Statement
    private let replaceInPlace: Statement
    private let replace: Statement
    private let delete: Statement
    private let putInput: Statement
    private let deleteInput: Statement
    private let insertTag: Statement
    private let deleteTags: Statement

    init(_ connection: Connection) throws(StorageError) {
        insert = try connection.prepare(
            """
            INSERT INTO instances (
                key, status, last_updated_at, completed_at, episodes, output, custom_status, failure, waiters,
                generation, execution_id, scheduled_start, parent_name, parent_instance_id, parent_execution_id,
                parent_task_id, has_tags, instance_id, name, created_at, checksum,
                step_checksum, event_waits, trace, version, condition)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                ?23, ?24, ?25, ?26)
            """)
        // SQLite writes the index entries of every assigned column, even if its value stays. Most steps leave the
        // status unchanged and the instance open, so the first attempt assigns neither the status nor the end: it writes
        // the row alone.
        step = try connection.prepare(
            """
            UPDATE instances
            SET last_updated_at = ?3, episodes = ?5, output = ?6, custom_status = ?7, failure = ?8,
                waiters = ?9, step_checksum = ?22, event_waits = ?23, condition = ?26
            WHERE key = ?1 AND status = ?2 AND completed_at IS NULL AND generation = ?10
            """)
        stepWithStatus = try connection.prepare(
            """
            UPDATE instances
            SET status = ?2, last_updated_at = ?3, completed_at = ?4, episodes = ?5, output = ?6, custom_status = ?7,
                failure = ?8, waiters = ?9, step_checksum = ?22, event_waits = ?23, condition = ?26
            WHERE key = ?1 AND generation = ?10
            """)
        // The same holds for a generation that keeps its ID, name, status and creation time, as continue-as-new does.
        replaceInPlace = try connection.prepare(
            """
            UPDATE instances
            SET last_updated_at = ?3, completed_at = ?4, episodes = ?5, output = ?6, custom_status = ?7, failure = ?8,
                waiters = ?9, generation = ?10, execution_id = ?11, scheduled_start = ?12, parent_name = ?13,
                parent_instance_id = ?14, parent_execution_id = ?15, parent_task_id = ?16, has_tags = ?17,
                checksum = ?21, step_checksum = ?22, event_waits = ?23, trace = ?24, version = ?25,
                condition = ?26
            WHERE key = ?1 AND status = ?2 AND instance_id = ?18 AND name = ?19 AND created_at = ?20
            """)
        replace = try connection.prepare(
            """
            UPDATE instances
            SET status = ?2, last_updated_at = ?3, completed_at = ?4, episodes = ?5, output = ?6, custom_status = ?7,
                failure = ?8, waiters = ?9, generation = ?10, execution_id = ?11, scheduled_start = ?12,
                parent_name = ?13, parent_instance_id = ?14, parent_execution_id = ?15, parent_task_id = ?16,
                has_tags = ?17, instance_id = ?18, name = ?19, created_at = ?20, checksum = ?21,
                step_checksum = ?22, event_waits = ?23, trace = ?24, version = ?25,
                condition = ?26
            WHERE key = ?1
            """)
        delete = try connection.prepare("DELETE FROM instances WHERE key = ?1")
        putInput = try connection.prepare(
            "INSERT OR REPLACE INTO inputs (instance, input, checksum) VALUES (?1, ?2, ?3)")
        deleteInput = try connection.prepare("DELETE FROM inputs WHERE instance = ?1")
        insertTag = try connection.prepare("INSERT INTO tags (instance, key, value) VALUES (?1, ?2, ?3)")
        deleteTags = try connection.prepare("DELETE FROM tags WHERE instance = ?1")
    }

    func insert(_ record: InstanceRecord) throws(StorageError) {
        try bindAll(record, to: insert)
        try insert.run()
        try put(input: record.input, of: record.key)
        try put(tags: record.tags, of: record.key)
    }

    func update(_ record: InstanceRecord) throws(StorageError) {
        if record.completedAt == nil {
            try bindStep(record, to: step)
            if try step.run() == 1 { return }
        }
        try bindStep(record, to: stepWithStatus)
        if try stepWithStatus.run() == 1 { return }
        throw .missing(record, path: step.connection.path)
    }

    func replace(_ record: InstanceRecord) throws(StorageError) {
        try bindAll(record, to: replaceInPlace)
        if try replaceInPlace.run() == 0 {
            try bindAll(record, to: replace)
            guard try replace.run() == 1 else { throw .missing(record, path: replace.connection.path) }
        }
        deleteTags.bind(1, record.key)
        try deleteTags.run()
        try put(input: record.input, of: record.key)
        try put(tags: record.tags, of: record.key)
    }

    /// - Returns: whether there was such an instance.
    func purge(_ key: Int64) throws(StorageError) -> Bool {
        deleteInput.bind(1, key)
        try deleteInput.run()
        deleteTags.bind(1, key)
        try deleteTags.run()
        delete.bind(1, key)
        return try delete.run() == 1
    }

    private func put(input: Payload, of key: Int64) throws(StorageError) {
        putInput.bind(1, key)
        putInput.bind(3, Checksum.of(input.bytes, seed: key))
        try putInput.run(blob: input.bytes, at: 2)
    }

    private func put(tags: [String: String], of key: Int64) throws(StorageError) {
        for (name, value) in tags {
            insertTag.bind(1, key)
            insertTag.bind(2, name)
            insertTag.bind(3, value)
            try insertTag.run()
        }
    }

    /// Binds parameters 1 to 10, 22, 23 and 26: the columns that a step can change, its generation, and their checksum.
    private func bindStep(_ record: InstanceRecord, to statement: Statement) throws(StorageError) {
        statement.bind(1, record.key)
        statement.bind(2, record.status.rawValue)
        statement.bind(3, record.lastUpdatedAt)
        statement.bind(4, record.completedAt)
        statement.bind(5, record.episodes)
        statement.bind(6, blob: record.output?.bytes)
        statement.bind(7, blob: record.customStatus?.bytes)
        let failure = try record.failure.map { (failure) throws(StorageError) in try FailureColumn.encode(failure) }
        statement.bind(8, utf8: failure)
        statement.bind(9, blob: record.waiters)
        statement.bind(10, record.generation)
        statement.bind(22, record.stepChecksum(failure: failure))
        statement.bind(23, utf8: record.eventWaits.isEmpty ? nil : record.eventWaits)
        statement.bind(26, utf8: record.conditionBytes.isEmpty ? nil : record.conditionBytes)
    }

    /// Binds parameters 1 to 26: all columns.
    private func bindAll(_ record: InstanceRecord, to statement: Statement) throws(StorageError) {
        try bindStep(record, to: statement)
        statement.bind(11, record.executionID)
        statement.bind(12, record.scheduledStart)
        statement.bind(13, record.parent?.name)
        statement.bind(14, record.parent?.instanceID)
        statement.bind(15, record.parent?.executionID)
        statement.bind(16, record.parent?.taskID)
        statement.bind(17, record.tags.isEmpty ? 0 : 1)
        statement.bind(18, record.instanceID)
        statement.bind(19, record.name)
        statement.bind(20, record.createdAt)
        statement.bind(21, record.checksum)
        statement.bind(24, record.trace?.stored)
        statement.bind(25, record.version)
    }
}

extension StorageError {
    /// Reports a write to an instance, or a generation of it, that is not stored.
    static func missing(_ record: InstanceRecord, path: String?) -> StorageError {
        StorageError(
            .misuse, "Generation \(record.generation) of instance \(record.key) does not exist. Insert it first.",
            path: path)
    }
}
