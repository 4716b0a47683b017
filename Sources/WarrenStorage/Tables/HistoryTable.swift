/// Writing histories: one row for the events of one episode.
struct HistoryTable {
    private let append: Statement
    private let removeEarlier: Statement
    private let purge: Statement

    init(_ connection: Connection) throws(StorageError) {
        append = try connection.prepare(
            "INSERT INTO history (instance, generation, episode, checksum, events) VALUES (?1, ?2, ?3, ?4, ?5)")
        removeEarlier = try connection.prepare("DELETE FROM history WHERE instance = ?1 AND generation < ?2")
        purge = try connection.prepare("DELETE FROM history WHERE instance = ?1")
    }

    func append(_ row: HistoryRow) throws(StorageError) {
        append.bind(1, row.instance)
        append.bind(2, row.generation)
        append.bind(3, row.episode)
        append.bind(4, row.checksum)
        append.bind(5, blob: row.events)
        try append.run()
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
