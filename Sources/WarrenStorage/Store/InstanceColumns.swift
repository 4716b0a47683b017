import Warren

/// Reads instance rows.
enum InstanceColumns {
    /// The columns of `instances i LEFT JOIN inputs n`, in the order that `read` expects.
    static let list = """
        i.key, i.instance_id, i.execution_id, i.generation, i.name, i.status, i.created_at, i.last_updated_at,
        i.completed_at, i.scheduled_start, i.episodes, i.output, i.custom_status, i.failure, i.waiters, i.parent_name,
        i.parent_instance_id, i.parent_execution_id, i.parent_task_id, i.has_tags, n.input, i.checksum, n.checksum,
        i.step_checksum, i.event_waits, i.trace, i.version, i.condition
        """

    /// Reads a row as completely as possible. Damage is described in `InstanceRecord.damage`; it is not an error,
    /// because the caller has to name the instance that fails, and those that wait for it.
    ///
    /// - Parameter tags: reads the tags of an instance; it has to see the same snapshot, so the row's statement stays
    ///   open meanwhile.
    static func read(_ row: Statement, tags: Statement) throws(StorageError) -> InstanceRecord {
        var damage: [String] = []
        func text(_ column: Int32, _ name: String) -> String {
            do throws(StorageError) {
                return try row.text(column)
            } catch {
                damage.append("'\(name)' is not UTF-8")
                return row.repairedText(column)
            }
        }
        let key = row.int64(0)
        let status = RuntimeStatus(rawValue: text(5, "status"))
        if status == nil { damage.append("'status' is none that there is") }
        let input = row.optionalBlob(20)
        if input == nil { damage.append("its input is missing") }
        var record = InstanceRecord(
            key: key, instanceID: text(1, "instance_id"), executionID: text(2, "execution_id"), generation: row.int(3),
            name: text(4, "name"), status: status ?? .running, createdAt: row.timestamp(6),
            lastUpdatedAt: row.timestamp(7), completedAt: row.optionalTimestamp(8),
            scheduledStart: row.optionalTimestamp(9), input: input.map(Payload.init(bytes:)) ?? .null,
            output: row.optionalBlob(11).map(Payload.init(bytes:)),
            customStatus: row.optionalBlob(12).map(Payload.init(bytes:)), episodes: row.int(10), waiters: row.blob(14),
            eventWaits: row.textBytes(24) ?? [],
            trace: row.textBytes(25).flatMap { TraceContext(stored: String(decoding: $0, as: UTF8.self)) },
            version: row.textBytes(26).map { String(decoding: $0, as: UTF8.self) })
        record.conditionBytes = row.textBytes(27) ?? []
        let failure = row.textBytes(13)
        if let failure {
            record.failure = FailureColumn.decode(failure)
            if record.failure == nil { damage.append("'failure' cannot be read") }
        }
        if row.optionalBlob(15) != nil {
            record.parent = ParentInstance(
                name: text(15, "parent_name"), instanceID: text(16, "parent_instance_id"),
                executionID: text(17, "parent_execution_id"), taskID: row.int(18))
        }
        if row.int64(19) != 0 {
            tags.bind(1, key)
            var found: [String: String] = [:]
            try tags.forEach { (tag) throws(StorageError) in
                found[tag.repairedText(0)] = tag.repairedText(1)
            }
            record.tags = found
        }
        if damage.isEmpty {
            // Rows of earlier versions have no checksums.
            if let checksum = row.optionalInt64(21), checksum != record.checksum {
                damage.append("it fails its checksum")
            } else if let checksum = row.optionalInt64(23), checksum != record.stepChecksum(failure: failure) {
                damage.append("it fails the checksum of its last step")
            } else if let checksum = row.optionalInt64(22), let input, checksum != Checksum.of(input, seed: key) {
                damage.append("its input fails its checksum")
            }
        }
        if !damage.isEmpty { record.damage = damage.joined(separator: ", ") }
        return record
    }
}

extension InstanceRecord {
    /// The checksum of the columns that stay the same in a generation, tags included; the input has one of its own.
    var checksum: Int64 {
        var sum = RowChecksum()
        sum.add(key)
        sum.add(instanceID)
        sum.add(executionID)
        sum.add(name)
        sum.add(createdAt.microseconds)
        sum.add(scheduledStart?.microseconds)
        sum.add(parent?.name)
        sum.add(parent?.instanceID)
        sum.add(parent?.executionID)
        sum.add(parent.map { Int64($0.taskID) })
        for (name, value) in tags.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            sum.add(name)
            sum.add(value)
        }
        // Rows from before there was the column have sums without it.
        if let trace { sum.add(trace.stored) }
        if let version {
            sum.add("version")
            sum.add(version)
        }
        return sum.value
    }

    /// The checksum of the columns that a step writes.
    ///
    /// - Parameter failure: the failure as it is stored.
    func stepChecksum(failure: [UInt8]?) -> Int64 {
        var sum = RowChecksum()
        sum.add(key)
        sum.add(Int64(generation))
        sum.add(status.rawValue)
        sum.add(lastUpdatedAt.microseconds)
        sum.add(completedAt?.microseconds)
        sum.add(Int64(episodes))
        sum.add(output?.bytes)
        sum.add(customStatus?.bytes)
        sum.add(failure)
        sum.add(waiters)
        // Rows from before there was the column have sums without it.
        if !eventWaits.isEmpty { sum.add(eventWaits) }
        if !conditionBytes.isEmpty { sum.add(conditionBytes) }
        return sum.value
    }
}
