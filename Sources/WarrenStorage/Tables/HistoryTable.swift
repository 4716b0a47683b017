import Warren

/// Writes histories: one row for the events of one episode.
struct HistoryTable {
    private let rows: RowInsert<HistoryRow>
    private let occupant: Statement
    private let removeOccupant: Statement
    private let removeEarlier: Statement
    private let purge: Statement

    init(_ connection: Connection) throws(StorageError) {
        rows = try RowInsert(
            into: "history", columns: ["instance", "generation", "episode", "checksum", "events"], on: connection
        ) { row, statement, first in
            statement.bind(first, row.instance)
            statement.bind(first + 1, row.generation)
            statement.bind(first + 2, row.episode)
            statement.bind(first + 3, row.checksum)
        } blob: { row in
            row.events
        }
        occupant = try connection.prepare(
            "SELECT checksum, events FROM history WHERE instance = ?1 AND generation = ?2 AND episode = ?3")
        removeOccupant = try connection.prepare(
            "DELETE FROM history WHERE instance = ?1 AND generation = ?2 AND episode = ?3")
        removeEarlier = try connection.prepare("DELETE FROM history WHERE instance = ?1 AND generation < ?2")
        purge = try connection.prepare("DELETE FROM history WHERE instance = ?1")
    }

    /// Appends episodes. A row with the key of one that is no episode, which only damage can cause, is replaced.
    func append(_ rows: [HistoryRow]) throws(StorageError) {
        try self.rows.insert(rows) { (row) throws(StorageError) in try replaceOccupant(with: row) }
    }

    private func replaceOccupant(with row: HistoryRow) throws(StorageError) {
        bind(row, to: occupant)
        let isIntact = try occupant.first { (found) throws(StorageError) in
            var there = row
            there.events = found.blob(1)
            return there.checksum == found.int64(0)
        }
        guard isIntact == false else {
            throw StorageError(
                .misuse, "Episode \(row.episode) of instance \(row.instance) exists already.",
                path: occupant.connection.path)
        }
        bind(row, to: removeOccupant)
        try removeOccupant.run()
        _ = try rows.insert(row)
    }

    private func bind(_ row: HistoryRow, to statement: Statement) {
        statement.bind(1, row.instance)
        statement.bind(2, row.generation)
        statement.bind(3, row.episode)
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
