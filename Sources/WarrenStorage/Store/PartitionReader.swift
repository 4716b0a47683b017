import Warren

/// A reading connection with its statements. Used by one thread at a time.
final class PartitionReader {
    let connection: Connection
    let tags: Statement
    private let instance: Statement
    private let instanceByKey: Statement
    private let episodes: Statement
    private let history: Statement
    private let inboxEntry: Statement
    private let counts: Statement
    private let outbox: Statement
    private let held: Statement
    private var listings: [Listing: Statement] = [:]
    /// Statements of listings with the requested columns; see `PartitionReader+Summaries`.
    var summaryListings: [Listing: Statement] = [:]
    /// Statements that test whether a condition matches many rows; see `PartitionReader+List`.
    var probes: [ListingIndex: Statement] = [:]
    var instanceCounting: Statement?
    /// The statement for parts of a history; see `PartitionReader+View`.
    var historyPart: Statement?
    /// The statement for the latest heartbeats of activities.
    var heartbeats: Statement?
    /// The statement for additional waiters.
    var waiters: Statement?

    /// - Parameter end: raised to stop the connection's work.
    init(path: String, end: ReadEnd = ReadEnd()) throws(StorageError) {
        connection = try Connection(path: path, mode: .readOnly)
        connection.heed(end)
        try connection.defineEventWaits()
        try connection.defineJSONComparison()
        try connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = -4096")
        tags = try connection.prepare("SELECT key, value FROM tags WHERE instance = ?1")
        instance = try connection.prepare(
            """
            SELECT \(InstanceColumns.list)
            FROM instances i LEFT JOIN inputs n ON n.instance = i.key
            WHERE i.instance_id = ?1
            """)
        instanceByKey = try connection.prepare(
            """
            SELECT \(InstanceColumns.list)
            FROM instances i LEFT JOIN inputs n ON n.instance = i.key
            WHERE i.key = ?1
            """)
        episodes = try connection.prepare("SELECT max(episodes) FROM instances WHERE key = ?1 AND generation = ?2")
        history = try connection.prepare(
            """
            SELECT episode, checksum, events FROM history
            WHERE instance = ?1 AND generation = ?2
            ORDER BY episode
            """)
        inboxEntry = try connection.prepare("SELECT body_hash, instance_id, taken_at FROM inbox WHERE key = ?1")
        outbox = try connection.prepare(
            "SELECT id, checksum, messages FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2")
        held = try connection.prepare("SELECT subject, expires_at, checksum, message FROM held WHERE id = ?1")
        // The number of all instances is maintained by commits; open ones are few compared with ended ones.
        counts = try connection.prepare(
            """
            SELECT (SELECT instance_count FROM header WHERE id = 1),
                   (SELECT count(*) FROM instances INDEXED BY instances_by_status
                    WHERE status IN ('Pending', 'Running', 'Suspended', 'ContinuedAsNew')),
                   (SELECT count(*) FROM outbox),
                   (SELECT count(*) FROM timers),
                   (SELECT count(*) FROM held),
                   (SELECT count(*) FROM damaged)
            """)
    }

    func instance(_ instanceID: String) throws(StorageError) -> InstanceRecord? {
        instance.bind(1, instanceID)
        return try instance.first { (row) throws(StorageError) in try InstanceColumns.read(row, tags: tags) }
    }

    func instance(key: Int64) throws(StorageError) -> InstanceRecord? {
        instanceByKey.bind(1, key)
        return try instanceByKey.first { (row) throws(StorageError) in try InstanceColumns.read(row, tags: tags) }
    }

    /// The episodes, checked for completeness: damage to the index would otherwise shorten the history.
    func history(of instance: Int64, generation: Int) throws(StorageError) -> [[UInt8]] {
        episodes.bind(1, instance)
        episodes.bind(2, generation)
        // The aggregate always gives one row; reading inside it sees the same snapshot.
        let found = try episodes.first { (row) throws(StorageError) in
            let found = try appended(to: instance, generation: generation, expected: row.int(0))
            guard found.count >= row.int(0) else {
                throw StorageError(
                    .damagedRow, "The history has \(found.count) of \(row.int(0)) episodes.", path: connection.path,
                    instance: instance)
            }
            return found
        }
        return found ?? []
    }

    private func appended(to instance: Int64, generation: Int, expected: Int) throws(StorageError) -> [[UInt8]] {
        history.bind(1, instance)
        history.bind(2, generation)
        var found: [[UInt8]] = []
        try history.forEach { (row) throws(StorageError) in
            let stored = HistoryRow(
                instance: instance, generation: generation, episode: row.int(0), events: row.blob(2))
            // Rows beyond the end can only be damage; the next episode replaces them.
            guard stored.episode < expected || expected == 0 || stored.checksum == row.int64(1) else { return }
            guard stored.episode == found.count else {
                throw StorageError(
                    .damagedRow, "Episode \(found.count) of the history is missing.", path: connection.path,
                    instance: instance)
            }
            guard stored.checksum == row.int64(1) else {
                throw StorageError(
                    .damagedRow, "Episode \(stored.episode) of the history fails its checksum.", path: connection.path,
                    instance: instance)
            }
            found.append(stored.events)
        }
        return found
    }

    func inboxEntry(_ key: String) throws(StorageError) -> InboxEntry? {
        inboxEntry.bind(1, key)
        return try inboxEntry.first { (row) throws(StorageError) in
            InboxEntry(key: key, bodyHash: row.int64(0), instanceID: row.repairedText(1), at: row.timestamp(2))
        }
    }

    func readCounts() throws(StorageError) -> PartitionCounts {
        let found = try counts.first { (row) throws(StorageError) in
            PartitionCounts(
                instances: row.int(0), openInstances: row.int(1), outbox: row.int(2), timers: row.int(3),
                held: row.int(4), damaged: row.int(5))
        }
        return found ?? PartitionCounts()
    }

    func outbox(after id: Int64, most count: Int, bytes: Int) throws(StorageError) -> [OutboxRow] {
        outbox.bind(1, id)
        outbox.bind(2, Int64(count))
        var rows: [OutboxRow] = []
        var read = 0
        try outbox.forEach { (row) throws(StorageError) in
            guard read < bytes else { return }
            var stored = OutboxRow(id: row.int64(0), messages: row.blob(2))
            if stored.checksum != row.int64(1) { stored.damage = "it fails its checksum" }
            read += stored.messages.count
            rows.append(stored)
        }
        return rows
    }

    /// A held message's body; `nil` if none has that number.
    func heldMessage(_ id: Int64) throws(StorageError) -> [UInt8]? {
        held.bind(1, id)
        return try held.first { (row) throws(StorageError) in
            let stored = HeldMessage(
                id: id, subject: try row.text(0), expiresAt: row.timestamp(1), message: row.blob(3))
            guard stored.isIntact(row.int64(2)) else {
                throw StorageError(.damagedRow, "Held message \(id) fails its checksum.", path: connection.path)
            }
            return stored.message
        }
    }

    func outboxCount() throws(StorageError) -> Int { try readCounts().outbox }

    func listing(_ listing: Listing) throws(StorageError) -> Statement {
        if let statement = listings[listing] { return statement }
        let statement = try connection.prepare(
            listing.index.sql(columns: InstanceColumns.list, order: listing.order))
        listings[listing] = statement
        return statement
    }
}
