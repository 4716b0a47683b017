import Warren

/// Writes the leases of long activities.
struct LeasesTable {
    private let put: Statement
    private let remove: Statement
    private let removeEarlier: Statement
    private let purge: Statement

    init(_ connection: Connection) throws(StorageError) {
        put = try connection.prepare(
            """
            INSERT INTO leases
                (instance, generation, task_id, attempt, expires_at, checksum, details, worker, heartbeat_limit)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (instance, generation, task_id) DO UPDATE
            SET attempt = excluded.attempt, expires_at = excluded.expires_at, checksum = excluded.checksum,
                details = excluded.details, worker = excluded.worker, heartbeat_limit = excluded.heartbeat_limit
            """)
        remove = try connection.prepare("DELETE FROM leases WHERE instance = ?1 AND generation = ?2 AND task_id = ?3")
        removeEarlier = try connection.prepare("DELETE FROM leases WHERE instance = ?1 AND generation < ?2")
        purge = try connection.prepare("DELETE FROM leases WHERE instance = ?1")
    }

    func put(_ lease: TaskLease) throws(StorageError) {
        bind(lease.key, to: put)
        put.bind(4, lease.attempt)
        put.bind(5, lease.expiresAt)
        put.bind(6, lease.checksum)
        put.bind(7, blob: lease.details?.bytes)
        put.bind(8, lease.worker)
        put.bind(9, lease.limit?.wholeMicroseconds)
        try put.run()
    }

    func remove(_ key: TaskLease.Key) throws(StorageError) {
        bind(key, to: remove)
        try remove.run()
    }

    func removeEarlier(than generation: Int, of instance: Int64) throws(StorageError) {
        removeEarlier.bind(1, instance)
        removeEarlier.bind(2, generation)
        try removeEarlier.run()
    }

    func purge(_ instance: Int64) throws(StorageError) {
        purge.bind(1, instance)
        try purge.run()
    }

    private func bind(_ key: TaskLease.Key, to statement: Statement) {
        statement.bind(1, key.instance)
        statement.bind(2, key.generation)
        statement.bind(3, key.taskID)
    }
}

extension TaskLease {
    var checksum: Int64 {
        let numbers = Checksum.of(
            row: key.instance, Int64(key.generation), Int64(key.taskID), Int64(attempt), expiresAt.microseconds)
        // A lease without notes has the checksum that versions without them wrote.
        guard hasNotes else { return numbers }
        return Checksum.of(
            (details?.bytes ?? []) + Array((worker ?? "").utf8),
            seed: numbers, Int64(details?.bytes.count ?? -1), limit?.wholeMicroseconds ?? -1)
    }
}
