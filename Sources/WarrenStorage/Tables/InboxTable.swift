import Warren

/// Writes the keys of messages that were taken.
struct InboxTable {
    private let put: Statement
    private let forget: Statement

    init(_ connection: Connection) throws(StorageError) {
        put = try connection.prepare(
            """
            INSERT INTO inbox (key, body_hash, instance_id, taken_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (key) DO UPDATE
            SET body_hash = excluded.body_hash, instance_id = excluded.instance_id, taken_at = excluded.taken_at
            WHERE body_hash <> excluded.body_hash
            """)
        // Deletes in small parts: all at once would delay every later commit, and fill the write-ahead log. Every file
        // of the partition deletes the same ones, whatever their order in it.
        forget = try connection.prepare(
            """
            DELETE FROM inbox WHERE position IN (
                SELECT position FROM inbox INDEXED BY inbox_by_time WHERE taken_at < ?1
                ORDER BY taken_at, key LIMIT ?2)
            """)
    }

    /// Records a key. Another message under the same key replaces it; the same message a second time is an error,
    /// because it was about to take effect twice.
    func put(_ entry: InboxEntry) throws(StorageError) {
        put.bind(1, entry.key)
        put.bind(2, entry.bodyHash)
        put.bind(3, entry.instanceID)
        put.bind(4, entry.at)
        guard try put.run() == 1 else { throw .appliedTwice(entry, path: put.connection.path) }
    }

    /// Deletes the oldest keys from before a time, a bounded number of them.
    func forget(before time: Timestamp) throws(StorageError) {
        forget.bind(1, time)
        forget.bind(2, InboxEntry.forgottenAtOnce)
        try forget.run()
    }
}

extension StorageError {
    /// Reports a message that would have taken effect twice.
    static func appliedTwice(_ entry: InboxEntry, path: String?) -> StorageError {
        StorageError(
            .misuse,
            "A message for instance \(entry.instanceID) was committed twice. Look its key up before applying it.",
            path: path)
    }
}
