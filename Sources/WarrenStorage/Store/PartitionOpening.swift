import Logging
import Warren
import WarrenSupport

/// Opens a partition's file for writing, or refuses with the reason.
///
/// The order matters: nothing in the file is changed before it is known to be Warren's, intact and of a known schema.
///
/// 1. Take the lock, and finish what a crash has interrupted. 2. Create or recognise the file, closed to other users.
/// 3. Check its schema. 4. Compare the identity. 5. Check its integrity: always if it is small, otherwise if it was not
///    closed properly, and then without its indexes. 6. Set the durability. 7. In one transaction: apply missing
///    migrations, raise the epoch, mark it as open.
struct PartitionOpening {
    /// Files below this size are checked at every opening.
    private static let alwaysCheckedSize = 64 << 20

    var file: PartitionFile
    var hub: String
    var partition: Int
    var partitionCount: Int
    var logger: Logger
    var pageLimit: Int?
    var journal: JournalMode

    func open() throws(StorageError) -> (lock: FileLock, connection: Connection, before: CommitMark) {
        // Steps 1 and 2: locks and creates or recognises the file.
        let lock = try FileLock(path: file.lockPath)
        try file.settle()
        try file.prepare()
        let connection = try Connection(path: file.path, mode: .readWrite)
        // Steps 3 to 5: checks schema, identity and integrity.
        if try !SchemaVersion.isEmpty(connection) {
            try SchemaVersion.check(connection)
            let wasClean = try checkIdentity(connection)
            try checkIntegrity(connection, wasClean: wasClean)
        } else if journal == .existing {
            throw StorageError(
                .foreignFile,
                "There is no partition in the file. Remove it: the host fills a new one from the journal.",
                path: file.path)
        }
        // Steps 6 and 7: sets the durability and opens the file for writing.
        try Self.configure(connection)
        if let pageLimit { try connection.execute("PRAGMA max_page_count = \(pageLimit)") }
        let before = try connection.writeTransaction { () throws(StorageError) in
            try SchemaVersion.migrate(connection)
            let before = try lastCommit(connection)
            try raiseEpoch(connection)
            try PartitionSecret.fill(in: connection)
            return before
        }
        return (lock, connection, before)
    }

    private func lastCommit(_ connection: Connection) throws(StorageError) -> CommitMark {
        let select = try connection.prepare("SELECT commits, committed_at FROM header WHERE id = 1")
        let mark = try select.first { (row) throws(StorageError) in
            CommitMark(number: row.int64(0), time: row.timestamp(1))
        }
        return mark ?? CommitMark(number: 0, time: Timestamp(microseconds: 0))
    }

    /// - Returns: whether the file was closed properly.
    private func checkIdentity(_ connection: Connection) throws(StorageError) -> Bool {
        // Reads only columns of the first schema: the file may lack those of later migrations.
        let select = try connection.prepare(
            "SELECT hub, partition, partition_count, clean, store_id FROM header WHERE id = 1")
        let header = try select.first { (row) throws(StorageError) in
            (
                hub: try row.text(0), partition: row.int(1), partitionCount: row.int(2), isClean: row.int(3) == 1,
                storeID: try row.text(4)
            )
        }
        guard let found = header else {
            throw StorageError(.corrupt, "The file has no header row. Restore a backup.", path: file.path)
        }
        guard found.hub == hub, found.partition == partition else {
            throw StorageError(
                .foreignFile,
                "The file holds partition \(found.partition) of hub `\(found.hub)`, not partition \(partition) of hub "
                    + "`\(hub)`. Put it back under its own name.",
                path: file.path)
        }
        guard found.partitionCount == partitionCount else {
            throw StorageError(
                .partitionCountMismatch,
                "Hub `\(hub)` was created with \(found.partitionCount) partitions, not \(partitionCount). The number "
                    + "cannot change; configure \(found.partitionCount).",
                path: file.path)
        }
        try journal.check(found.storeID, path: file.path)
        return found.isClean
    }

    private func checkIntegrity(_ connection: Connection, wasClean: Bool) throws(StorageError) {
        let isSmall = try file.size() < Self.alwaysCheckedSize
        if RecentFailures.take(file.path), !isSmall {
            logger.notice(
                "The partition's last commit failed; its log is read back", metadata: [LogKey.path: "\(file.path)"])
            return
        } else if !wasClean {
            logger.notice(
                "The partition was not closed in order; checking its file", metadata: [LogKey.path: "\(file.path)"])
        } else if !isSmall {
            return
        }
        // The full check also compares indexes with their tables, without which a damaged index hides rows.
        let verdict = try connection.text(isSmall ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)")
        guard verdict == "ok" else {
            throw StorageError(
                .corrupt, "The file fails its integrity check: \(verdict ?? "no answer"). Restore a backup.",
                path: file.path)
        }
    }

    /// Configures the writing connection. Settings are read back where durability depends on them: SQLite ignores an
    /// unsupported setting silently.
    private static func configure(_ connection: Connection) throws(StorageError) {
        let mode = try connection.text("PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw StorageError(
                .io, "The file system does not allow a write-ahead log (mode `\(mode ?? "none")`). Use a local disk.",
                path: connection.path)
        }
        // fullfsync is for macOS, where fsync leaves data in the drive's cache. The writer runs checkpoints itself.
        // secure_delete: deleted data is overwritten where that costs no extra writes.
        try connection.execute(
            """
            PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0;
            PRAGMA journal_size_limit = \(Checkpoints.keptLogBytes); PRAGMA secure_delete = FAST; PRAGMA cache_size = -8192
            """)
        let synchronous = try connection.integer("PRAGMA synchronous")
        guard synchronous == 2 else {
            throw StorageError(
                .io, "synchronous=FULL was asked for, SQLite reports \(synchronous ?? -1).", path: connection.path)
        }
    }

    private func raiseEpoch(_ connection: Connection) throws(StorageError) {
        let raise = try connection.prepare("UPDATE header SET epoch = epoch + 1, clean = 0 WHERE id = 1")
        if try raise.run() == 1 { return }
        let create = try connection.prepare(
            """
            INSERT INTO header (
                id, hub, partition, partition_count, store_id, epoch, clean, last_instance_key, last_outbox_id,
                last_held_id, instance_count, commits, committed_at, secret)
            VALUES (1, ?1, ?2, ?3, ?4, 1, 0, 0, 0, 0, 0, 0, ?5, ?6)
            """)
        create.bind(1, hub)
        create.bind(2, partition)
        create.bind(3, partitionCount)
        create.bind(5, Timestamp.wall)
        if case .create(let journal) = journal {
            create.bind(4, PartitionIdentity.storeID(ofJournal: journal.id))
            create.bind(6, blob: journal.secret)
        } else {
            create.bind(4, PartitionIdentity.newStoreID())
            create.bind(6, blob: [])
        }
        try create.run()
    }
}

extension PartitionIdentity {
    /// Makes a store ID: 128 random bits in hexadecimal.
    public static func newStoreID() -> String {
        hexadecimal(UInt128.random(in: .min ... .max))
    }
}
