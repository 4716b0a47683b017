import Warren

/// Stores unreadable rows in a table that only people read.
struct DamagedTable {
    /// The maximum number of kept rows; a file with more damage gains nothing from more.
    private static let mostRows: Int64 = 10_000

    private struct Source {
        var keep: Statement
        var remove: Statement?
    }

    private let count: Statement
    private var sources: [DamagedRow.Table: Source] = [:]

    init(_ connection: Connection) throws(StorageError) {
        count = try connection.prepare("SELECT count(*) FROM damaged")
        // Instances and histories stay in place: the instance's row is written again, its history is evidence.
        try add(
            .instances, on: connection,
            bytes: """
                CAST(quote(instance_id) || ',' || quote(execution_id) || ',' || generation || ',' || quote(name) || ','
                    || quote(status) || ',' || created_at || ',' || last_updated_at || ',' || episodes || ','
                    || quote(output) || ',' || quote(custom_status) || ',' || quote(failure) || ',' || quote(waiters)
                    || ',' || quote(parent_name) || ',' || quote(parent_instance_id) AS BLOB)
                """,
            from: "instances", where: "key = ?2")
        try add(.history, on: connection, bytes: "x''", from: "instances", where: "key = ?2")
        try add(
            .timers, on: connection,
            bytes: "CAST(instance || ',' || generation || ',' || id || ',' || fire_at AS BLOB)", from: "timers",
            where: "instance = ?2 AND generation = ?5 AND id = ?6", removing: true)
        try add(
            .leases, on: connection,
            bytes:
                "CAST(instance || ',' || generation || ',' || task_id || ',' || attempt || ',' || expires_at AS BLOB)",
            from: "leases", where: "instance = ?2 AND generation = ?5 AND task_id = ?6", removing: true)
        try add(.outbox, on: connection, bytes: "messages", from: "outbox", where: "id = ?2", removing: true)
        try add(.held, on: connection, bytes: "message", from: "held", where: "id = ?2", removing: true)
    }

    /// - Parameter condition: finds the row: the key of a damaged row is `?2`, its generation `?5`, its number `?6`.
    private mutating func add(
        _ table: DamagedRow.Table, on connection: Connection, bytes: String, from name: String, where condition: String,
        removing: Bool = false
    ) throws(StorageError) {
        // Recorded even if there is no such row: the damage may be in another host's file.
        sources[table] = Source(
            keep: try connection.prepare(
                """
                INSERT INTO damaged (source, row_key, reason, bytes, set_aside_at)
                VALUES (?1, ?2, ?3, coalesce((SELECT \(bytes) FROM \(name) WHERE \(condition)), x''), ?4)
                """),
            remove: removing ? try connection.prepare("DELETE FROM \(name) WHERE \(condition)") : nil)
    }

    func setAside(_ row: DamagedRow, at time: Timestamp) throws(StorageError) {
        guard let source = sources[row.table] else { return }
        let kept = try count.first { (found) throws(StorageError) in found.int64(0) } ?? 0
        if kept < Self.mostRows {
            source.keep.bind(1, row.table.rawValue)
            source.keep.bind(3, row.reason)
            source.keep.bind(4, time)
            bind(row, to: source.keep)
            try source.keep.run()
        }
        guard let remove = source.remove else { return }
        bind(row, to: remove)
        try remove.run()
    }

    private func bind(_ row: DamagedRow, to statement: Statement) {
        statement.bind(2, row.key)
        guard row.table == .timers || row.table == .leases else { return }
        statement.bind(5, row.generation)
        statement.bind(6, row.id)
    }
}
