import Warren

/// Writes histories: one row for the events of one episode.
struct HistoryTable {
    private let append: Statement
    private let occupant: Statement
    private let removeOccupant: Statement
    private let removeEarlier: Statement
    private let purge: Statement

    init(_ connection: Connection) throws(StorageError) {
        append = try connection.prepare(
            """
            INSERT INTO history (instance, generation, episode, checksum, events) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (instance, generation, episode) DO NOTHING
            """)
        occupant = try connection.prepare(
            "SELECT checksum, events FROM history WHERE instance = ?1 AND generation = ?2 AND episode = ?3")
        removeOccupant = try connection.prepare(
            "DELETE FROM history WHERE instance = ?1 AND generation = ?2 AND episode = ?3")
        removeEarlier = try connection.prepare("DELETE FROM history WHERE instance = ?1 AND generation < ?2")
        purge = try connection.prepare("DELETE FROM history WHERE instance = ?1")
    }

    /// Appends an episode. A row in its place that is no episode, which only damage can cause, is replaced.
    func append(_ row: HistoryRow) throws(StorageError) {
        if try insert(row) { return }
        bind(row, to: occupant)
        let isIntact = try occupant.first { (found) throws(StorageError) in
            var there = row
            there.events = found.blob(1)
            return there.checksum == found.int64(0)
        }
        guard isIntact == false else {
            throw StorageError(
                .misuse, "Episode \(row.episode) of instance \(row.instance) exists already.",
                path: append.connection.path)
        }
        bind(row, to: removeOccupant)
        try removeOccupant.run()
        _ = try insert(row)
    }

    private func bind(_ row: HistoryRow, to statement: Statement) {
        statement.bind(1, row.instance)
        statement.bind(2, row.generation)
        statement.bind(3, row.episode)
    }

    /// - Returns: whether the place was free.
    private func insert(_ row: HistoryRow) throws(StorageError) -> Bool {
        append.bind(1, row.instance)
        append.bind(2, row.generation)
        append.bind(3, row.episode)
        append.bind(4, row.checksum)
        append.bind(5, blob: row.events)
        return try append.run() == 1
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
}

extension HistoryRow {
    var checksum: Int64 { Checksum.of(events, seed: instance, Int64(generation), Int64(episode)) }
}
