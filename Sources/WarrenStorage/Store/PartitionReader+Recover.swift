import Warren

/// Reads the state that a host needs to continue where the last one stopped.
extension PartitionReader {
    func recover() throws(StorageError) -> RecoveredPartition {
        try connection.readTransaction { () throws(StorageError) in
            let (_, counters) = try HeaderTable(connection).read()
            var damaged: [DamagedRow] = []
            return RecoveredPartition(
                lastInstanceKey: counters.lastInstanceKey, lastOutboxID: counters.lastOutboxID,
                lastHeldID: counters.lastHeldID, outboxCount: try outboxCount(), timers: try timers(&damaged),
                leases: try leases(&damaged), held: try held(&damaged), damaged: damaged)
        }
    }

    /// Counts open instances, without entities. This runs only when a host starts, so the statement is not kept.
    func openInstances() throws(StorageError) -> [String: Int] {
        let select = try connection.prepare(
            """
            SELECT name, count(*) FROM instances INDEXED BY instances_by_status
            WHERE status IN ('Pending', 'Running', 'Suspended', 'ContinuedAsNew')
                AND (name < '@' OR name >= 'A')
            GROUP BY name
            """)
        var counts: [String: Int] = [:]
        try select.forEach { (row) throws(StorageError) in counts[row.repairedText(0)] = row.int(1) }
        return counts
    }

    private func timers(_ damaged: inout [DamagedRow]) throws(StorageError) -> [TimerRow] {
        let select = try connection.prepare(
            """
            SELECT instance, generation, id, fire_at, checksum FROM timers
            ORDER BY fire_at, instance, generation, id
            """)
        var rows: [TimerRow] = []
        try select.forEach { (row) throws(StorageError) in
            let key = TimerRow.Key(instance: row.int64(0), generation: row.int(1), id: row.int(2))
            let timer = TimerRow(key: key, fireAt: row.timestamp(3))
            if let checksum = row.optionalInt64(4), checksum != timer.checksum {
                damaged.append(DamagedRow(timer: key, reason: "it fails its checksum"))
            } else {
                rows.append(timer)
            }
        }
        return rows
    }

    private func leases(_ damaged: inout [DamagedRow]) throws(StorageError) -> [TaskLease] {
        let select = try connection.prepare(
            """
            SELECT instance, generation, task_id, attempt, expires_at, checksum, details, worker, heartbeat_limit
            FROM leases
            ORDER BY expires_at, instance, generation, task_id
            """)
        var rows: [TaskLease] = []
        try select.forEach { (row) throws(StorageError) in
            let key = TaskLease.Key(instance: row.int64(0), generation: row.int(1), taskID: row.int(2))
            let lease = TaskLease(
                key: key, attempt: row.int(3), expiresAt: row.timestamp(4),
                details: row.optionalBlob(6).map { Payload(bytes: $0) },
                worker: row.isNull(7) ? nil : row.repairedText(7),
                limit: row.optionalInt64(8).map { .microseconds($0) })
            if let checksum = row.optionalInt64(5), checksum != lease.checksum {
                damaged.append(DamagedRow(lease: key, reason: "it fails its checksum"))
            } else {
                rows.append(lease)
            }
        }
        return rows
    }

    /// Reads held messages without the bodies, which are read one by one to be checked and stay in the file.
    private func held(_ damaged: inout [DamagedRow]) throws(StorageError) -> [HeldEntry] {
        let select = try connection.prepare("SELECT id, subject, expires_at, checksum, message FROM held ORDER BY id")
        var rows: [HeldEntry] = []
        try select.forEach { (row) throws(StorageError) in
            let stored = HeldMessage(
                id: row.int64(0), subject: row.repairedText(1), expiresAt: row.timestamp(2), message: row.blob(4))
            if stored.isIntact(row.int64(3)) {
                rows.append(HeldEntry(stored))
            } else {
                damaged.append(DamagedRow(.held, key: stored.id, reason: "it fails its checksum"))
            }
        }
        return rows
    }
}
