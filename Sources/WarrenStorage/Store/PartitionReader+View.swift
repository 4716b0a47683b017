import Warren

/// Reads an instance with a part of its history, as of one moment.
extension PartitionReader {
    /// The maximum number of episodes of a part.
    private static let mostEpisodes = 10_000

    func view(of instanceID: String, from episode: Int, bytes: Int) throws(StorageError) -> InstanceView? {
        try connection.readTransaction { () throws(StorageError) in
            guard let record = try instance(instanceID) else { return nil }
            return try view(of: record, from: episode, bytes: bytes)
        }
    }

    func waiters(of instance: Int64) throws(StorageError) -> [[UInt8]] {
        let statement: Statement
        if let known = waiters {
            statement = known
        } else {
            statement = try connection.prepare("SELECT address FROM waiters WHERE instance = ?1 ORDER BY position")
            waiters = statement
        }
        statement.bind(1, instance)
        var found: [[UInt8]] = []
        try statement.forEach { (row) throws(StorageError) in found.append(row.blob(0)) }
        return found
    }

    private func view(
        of record: InstanceRecord, from episode: Int, bytes: Int
    ) throws(StorageError) -> InstanceView {
        let statement: Statement
        if let known = historyPart {
            statement = known
        } else {
            statement = try connection.prepare(
                """
                SELECT episode, checksum, events FROM history
                WHERE instance = ?1 AND generation = ?2 AND episode >= ?3
                ORDER BY episode LIMIT ?4
                """)
            historyPart = statement
        }
        statement.bind(1, record.key)
        statement.bind(2, record.generation)
        statement.bind(3, episode)
        statement.bind(4, Self.mostEpisodes)
        var view = InstanceView(record: record, from: episode)
        var read = 0
        try statement.readRows { (row) throws(StorageError) in
            let number = row.int(0)
            guard number < record.episodes, read < bytes else { return false }
            let stored = HistoryRow(
                instance: record.key, generation: record.generation, episode: number, events: row.blob(2))
            guard number == view.next, stored.checksum == row.int64(1) else {
                throw StorageError(
                    .damagedRow, "Episode \(view.next) of the history cannot be read.", path: connection.path,
                    instance: record.key)
            }
            read += stored.events.count
            view.episodes.append(stored.events)
            return true
        }
        guard !view.episodes.isEmpty || episode >= record.episodes else {
            throw StorageError(
                .damagedRow, "Episode \(episode) of the history is missing.", path: connection.path,
                instance: record.key)
        }
        if !record.status.isTerminal { view.heartbeats = try heartbeats(of: record) }
        return view
    }

    private func heartbeats(of record: InstanceRecord) throws(StorageError) -> [Int: Payload?] {
        let statement: Statement
        if let known = heartbeats {
            statement = known
        } else {
            statement = try connection.prepare(
                """
                SELECT task_id, details FROM leases
                WHERE instance = ?1 AND generation = ?2
                """)
            heartbeats = statement
        }
        statement.bind(1, record.key)
        statement.bind(2, record.generation)
        var found: [Int: Payload?] = [:]
        try statement.forEach { (row) throws(StorageError) in
            found.updateValue(row.optionalBlob(1).map { Payload(bytes: $0) }, forKey: row.int(0))
        }
        return found
    }
}
