/// What a host needs to go on where the last one stopped.
extension PartitionReader {
    func recover() throws(StorageError) -> RecoveredPartition {
        try connection.readTransaction { () throws(StorageError) in
            let (_, counters) = try HeaderTable(connection).read()
            return RecoveredPartition(
                lastInstanceKey: counters.lastInstanceKey, lastOutboxID: counters.lastOutboxID,
                lastHeldID: counters.lastHeldID, outboxCount: try outboxCount(), timers: try timers(),
                leases: try leases(), held: try held())
        }
    }

    /// Counted when a host starts, not before: hence no statement that is kept.
    func openInstances() throws(StorageError) -> [String: Int] {
        let select = try connection.prepare(
            """
            SELECT name, count(*) FROM instances INDEXED BY instances_by_status
            WHERE status IN ('Pending', 'Running', 'Suspended', 'ContinuedAsNew') GROUP BY name
            """)
        var counts: [String: Int] = [:]
        try select.forEach { (row) throws(StorageError) in counts[try row.text(0)] = row.int(1) }
        return counts
    }

    private func timers() throws(StorageError) -> [TimerRow] {
        let select = try connection.prepare(
            "SELECT instance, generation, id, fire_at FROM timers ORDER BY fire_at, instance, generation, id")
        var rows: [TimerRow] = []
        try select.forEach { (row) throws(StorageError) in
            let key = TimerRow.Key(instance: row.int64(0), generation: row.int(1), id: row.int(2))
            rows.append(TimerRow(key: key, fireAt: row.timestamp(3)))
        }
        return rows
    }

    private func leases() throws(StorageError) -> [TaskLease] {
        let select = try connection.prepare(
            """
            SELECT instance, generation, task_id, attempt, expires_at FROM leases
            ORDER BY expires_at, instance, generation, task_id
            """)
        var rows: [TaskLease] = []
        try select.forEach { (row) throws(StorageError) in
            let key = TaskLease.Key(instance: row.int64(0), generation: row.int(1), taskID: row.int(2))
            rows.append(TaskLease(key: key, attempt: row.int(3), expiresAt: row.timestamp(4)))
        }
        return rows
    }

    private func held() throws(StorageError) -> [HeldMessage] {
        let select = try connection.prepare("SELECT id, subject, expires_at, checksum, message FROM held ORDER BY id")
        var rows: [HeldMessage] = []
        try select.forEach { (row) throws(StorageError) in
            let stored = HeldMessage(
                id: row.int64(0), subject: try row.text(1), expiresAt: row.timestamp(2), message: row.blob(4))
            guard stored.checksum == row.int64(3) else {
                throw .checksum("Held message \(stored.id)", path: connection.path)
            }
            rows.append(stored)
        }
        return rows
    }
}
