import Warren

/// The header row: the identity of the file, its epoch, and counters.
struct HeaderTable {
    /// The counters that commits change.
    struct Counters: Hashable {
        var lastInstanceKey: Int64 = 0
        var lastOutboxID: Int64 = 0
        var lastHeldID: Int64 = 0
        var instances: Int64 = 0
        /// The number of transactions of the file.
        var commits: Int64 = 0
        /// The time of the last transaction.
        var committedAt = Timestamp(microseconds: 0)
    }

    /// The limit of keys and numbers, so that counting from any of them cannot overflow. Only damage leads to higher
    /// ones.
    static let highestNumber: Int64 = 1 << 61

    private let select: Statement
    private let progress: Statement
    private let update: Statement
    private let updateWithPosition: Statement
    private let close: Statement

    init(_ connection: Connection) throws(StorageError) {
        select = try connection.prepare(
            """
            SELECT hub, partition, partition_count, store_id, epoch, last_instance_key, last_outbox_id, last_held_id,
                   instance_count, secret, old_tokens_until, secret_epoch
            FROM header WHERE id = 1
            """)
        // The highest numbers are read from the tables as well: a counter that damage has lowered would issue numbers
        // twice.
        progress = try connection.prepare(
            """
            SELECT commits, committed_at, (SELECT max(key) FROM instances WHERE key < ?1),
                   (SELECT max(id) FROM outbox WHERE id < ?1), (SELECT max(id) FROM held WHERE id < ?1)
            FROM header WHERE id = 1
            """)
        update = try connection.prepare(
            """
            UPDATE header
            SET last_instance_key = ?2, last_outbox_id = ?3, last_held_id = ?4, instance_count = ?5,
                commits = ?6, committed_at = ?7
            WHERE id = 1 AND epoch = ?1
            """)
        updateWithPosition = try connection.prepare(
            """
            UPDATE header
            SET last_instance_key = ?2, last_outbox_id = ?3, last_held_id = ?4, instance_count = ?5,
                commits = ?6, committed_at = ?7, \(PositionTable.assignments)
            WHERE id = 1 AND epoch = ?1
            """)
        close = try connection.prepare("UPDATE header SET clean = 1 WHERE id = 1 AND epoch = ?1")
    }

    func read() throws(StorageError) -> (identity: PartitionIdentity, counters: Counters) {
        var (identity, counters) = try readRow()
        progress.bind(1, Self.highestNumber)
        try progress.forEach { (row) throws(StorageError) in
            counters.commits = Self.clamp(row.int64(0))
            counters.committedAt = row.timestamp(1)
            counters.lastInstanceKey = max(Self.clamp(counters.lastInstanceKey), row.int64(2))
            counters.lastOutboxID = max(Self.clamp(counters.lastOutboxID), row.int64(3))
            counters.lastHeldID = max(Self.clamp(counters.lastHeldID), row.int64(4))
        }
        counters.instances = Self.clamp(counters.instances)
        return (identity, counters)
    }

    private static func clamp(_ number: Int64) -> Int64 { min(max(number, 0), highestNumber) }

    private func readRow() throws(StorageError) -> (identity: PartitionIdentity, counters: Counters) {
        let header = try select.first { (row) throws(StorageError) in
            let identity = PartitionIdentity(
                hub: try row.text(0), partition: row.int(1), partitionCount: row.int(2), storeID: try row.text(3),
                epoch: row.int64(4),
                secret: PartitionSecret(
                    bytes: row.blob(9), oldTokensUntil: row.optionalTimestamp(10),
                    isFirstUse: row.int64(11) == row.int64(4)))
            let counters = Counters(
                lastInstanceKey: row.int64(5), lastOutboxID: row.int64(6), lastHeldID: row.int64(7),
                instances: row.int64(8))
            return (identity, counters)
        }
        guard let header else {
            throw StorageError(.corrupt, "The file has no header row. Restore a backup.", path: select.connection.path)
        }
        let (identity, counters) = header
        // Counting continues from these numbers, and at a million a second none of them reaches the limit.
        let numbers = [
            counters.lastInstanceKey, counters.lastOutboxID, counters.lastHeldID, counters.instances,
            identity.epoch,
        ]
        guard numbers.allSatisfy({ (0...(1 << 60)).contains($0) }) else {
            throw StorageError(
                .corrupt, "The file's counters make no sense. Restore a backup.", path: select.connection.path)
        }
        return header
    }

    /// Writes the counters if the file still belongs to this opening. One statement does both, so every transaction
    /// checks the epoch at no extra cost.
    ///
    /// - Parameter position: the position in the journal that the transaction reaches, if it applies a record.
    func write(_ counters: Counters, position: JournalPosition? = nil, epoch: Int64) throws(StorageError) {
        let update = position == nil ? self.update : updateWithPosition
        if let position { PositionTable.bind(position, to: update) }
        update.bind(1, epoch)
        update.bind(2, counters.lastInstanceKey)
        update.bind(3, counters.lastOutboxID)
        update.bind(4, counters.lastHeldID)
        update.bind(5, counters.instances)
        update.bind(6, counters.commits)
        update.bind(7, counters.committedAt)
        guard try update.run() == 1 else {
            throw StorageError(
                .fenced,
                "The file was opened for writing elsewhere since. Nothing was written; this host must let go of it.",
                path: update.connection.path)
        }
    }

    /// Records that the file was closed properly. A file that another process has opened since is left unchanged.
    func markClean(epoch: Int64) throws(StorageError) {
        close.bind(1, epoch)
        try close.run()
    }
}
