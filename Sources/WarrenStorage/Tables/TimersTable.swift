import Warren

/// Writes timers.
struct TimersTable {
    private let insert: Statement
    private let put: Statement
    private let remove: Statement
    private let removeEarlier: Statement
    private let purge: Statement

    init(_ connection: Connection) throws(StorageError) {
        insert = try connection.prepare(
            "INSERT INTO timers (instance, generation, id, fire_at, checksum) VALUES (?1, ?2, ?3, ?4, ?5)")
        put = try connection.prepare(
            """
            INSERT INTO timers (instance, generation, id, fire_at, checksum) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (instance, generation, id) DO UPDATE
            SET fire_at = excluded.fire_at, checksum = excluded.checksum
            """)
        remove = try connection.prepare("DELETE FROM timers WHERE instance = ?1 AND generation = ?2 AND id = ?3")
        removeEarlier = try connection.prepare("DELETE FROM timers WHERE instance = ?1 AND generation < ?2")
        purge = try connection.prepare("DELETE FROM timers WHERE instance = ?1")
    }

    /// - Parameter replaces: whether it takes the place of a timer of the same key, which otherwise is an error.
    func insert(_ timer: TimerRow, replaces: Bool) throws(StorageError) {
        let statement = replaces ? put : insert
        bind(timer.key, to: statement)
        statement.bind(4, timer.fireAt)
        statement.bind(5, timer.checksum)
        try statement.run()
    }

    func remove(_ key: TimerRow.Key) throws(StorageError) {
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

    private func bind(_ key: TimerRow.Key, to statement: Statement) {
        statement.bind(1, key.instance)
        statement.bind(2, key.generation)
        statement.bind(3, key.id)
    }
}

extension TimerRow {
    var checksum: Int64 {
        Checksum.of(row: key.instance, Int64(key.generation), Int64(key.id), fireAt.microseconds)
    }
}
