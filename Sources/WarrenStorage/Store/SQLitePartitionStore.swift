package import Logging
package import Warren

/// A partition in an SQLite file of its own, `<hub>.partition.<nn>.sqlite`.
///
/// One thread writes all commits that are ready in one transaction; reads use separate connections and never wait for a
/// commit.
package final class SQLitePartitionStore: PartitionStore {
    package let identity: PartitionIdentity
    private let writer: CommitWriter
    let readers: ReaderPool
    private let progress: CommitProgress
    private let file: PartitionFile

    /// Opens a partition for writing, and creates it if it does not exist.
    ///
    /// - Parameters:
    ///   - directory: created with mode 0700 if it is missing. The files in it get mode 0600.
    ///   - hub: the task hub's name.
    ///   - partition: from 0 to below `partitionCount`.
    ///   - partitionCount: the number of partitions with which the hub was created.
    ///   - pageLimit: the file's largest size in pages of 4 KiB, for hosts that share a disk: a commit beyond it fails
    ///     with `.full`. `nil` for no limit but the disk.
    ///   - journal: whether the file is a copy of a journal, and of which.
    /// - Throws: `.inUse` if a process has it open, this one included; `.foreignFile` for another hub's, partition's or
    ///   journal's file, or one that is not a database; `.partitionCountMismatch`; `.newerSchema`; `.corrupt` if its
    ///   integrity check fails; `.io` or `.full` if the directory cannot be written.
    package static func open(
        directory: String, hub: String, partition: Int, partitionCount: Int, logger: Logger,
        pageLimit: Int? = nil, journal: JournalMode = .none
    ) throws -> SQLitePartitionStore {
        try SQLitePartitionStore(
            directory: directory, hub: hub, partition: partition, partitionCount: partitionCount, logger: logger,
            pageLimit: pageLimit, journal: journal)
    }

    /// The number of migrations of the files that this version writes.
    package static let schemaVersion = Schema.migrations.count

    /// The name of a partition's file in the data directory.
    package static func path(directory: String, hub: String, partition: Int) throws -> String {
        try PartitionFile(directory: directory, hub: hub, partition: partition).path
    }

    private init(
        directory: String, hub: String, partition: Int, partitionCount: Int, logger: Logger, pageLimit: Int?,
        journal: JournalMode
    ) throws(StorageError) {
        if case .create(let identity) = journal, identity.secret.isEmpty {
            throw StorageError(.misuse, "The journal gives the partition no secret.", path: directory)
        }
        guard partition < partitionCount else {
            throw StorageError(.misuse, "Partition \(partition) of \(partitionCount) does not exist.", path: directory)
        }
        file = try PartitionFile(directory: directory, hub: hub, partition: partition)
        try PartitionFile.makeDirectory(directory, logger: logger)
        let opening = PartitionOpening(
            file: file, hub: hub, partition: partition, partitionCount: partitionCount, logger: logger,
            pageLimit: pageLimit, journal: journal)
        let (lock, connection, before) = try opening.open()
        commitBeforeOpening = before
        readers = ReaderPool(path: file.path)
        let sink = try SQLiteWriter(lock: lock, connection: connection, readers: readers, logger: logger)
        identity = sink.identity
        journalPosition = sink.position
        progress = sink.progress
        writer = try CommitWriter(name: "warren-store-\(partition)", sink: sink)
    }

    package func recover() throws -> RecoveredPartition {
        try readers.read { (reader) throws(StorageError) in try reader.recover() }
    }

    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        writer.add(PendingCommit(commits: [commit], completion: completion))
    }

    package let journalPosition: JournalPosition?

    package func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        writer.add(PendingCommit(commits: commits, position: position, completion: completion))
    }

    package func copy(to path: String) throws -> JournalPosition? { try readers.copy(to: path) }

    package func fileBytes() -> Int64 {
        do throws(StorageError) {
            return Int64(try file.size())
        } catch {
            return 0
        }
    }

    package func logBytes() -> Int64 { Int64(file.logSize()) }

    package func instance(_ instanceID: String) throws -> InstanceRecord? {
        try readers.read { (reader) throws(StorageError) in try reader.instance(instanceID) }
    }

    package func instance(key: Int64) throws -> InstanceRecord? {
        try readers.read { (reader) throws(StorageError) in try reader.instance(key: key) }
    }

    package func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try readers.read { (reader) throws(StorageError) in
            try reader.history(of: instance, generation: generation)
        }
    }

    package func inboxEntry(_ key: String) throws -> InboxEntry? {
        try readers.read { (reader) throws(StorageError) in try reader.inboxEntry(key) }
    }

    package func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try readers.read { (reader) throws(StorageError) in try reader.outbox(after: id, most: rows, bytes: bytes) }
    }

    package func heldMessage(_ id: Int64) throws -> [UInt8]? {
        try readers.read { (reader) throws(StorageError) in try reader.heldMessage(id) }
    }

    package let commitBeforeOpening: CommitMark?

    package var lastCommit: CommitMark? { progress.last }

    package func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) { progress.mirror(mirror) }

    package func list(_ query: InstanceQuery) throws -> RecordPage {
        try readers.read { (reader) throws(StorageError) in try reader.list(query) }
    }

    package func waiters(of instance: Int64) throws -> [[UInt8]] {
        try readers.read { (reader) throws(StorageError) in try reader.waiters(of: instance) }
    }

    package func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        try readers.read { (reader) throws(StorageError) in try reader.summaries(query, bytes: bytes) }
    }

    package func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try readers.read { (reader) throws(StorageError) in
            try reader.view(of: instanceID, from: max(0, episode), bytes: bytes)
        }
    }

    package func damagedRows(most: Int) throws -> DamagedRows {
        try readers.read { (reader) throws(StorageError) in try reader.damagedRows(most: max(0, most)) }
    }

    package func instanceCounts(_ query: InstanceCountQuery, most: Int) throws -> InstanceCounts {
        try readers.read { (reader) throws(StorageError) in try reader.instanceCounts(query, most: max(1, most)) }
    }

    package func ended(_ status: RuntimeStatus, after place: EndedInstance?, most: Int) throws -> [EndedInstance] {
        try readers.read { (reader) throws(StorageError) in try reader.ended(status, after: place, most: max(0, most)) }
    }

    package func counts() throws -> PartitionCounts {
        try readers.read { (reader) throws(StorageError) in try reader.readCounts() }
    }

    package func openInstances() throws -> [String: Int] {
        try readers.read { (reader) throws(StorageError) in try reader.openInstances() }
    }

    package func close() {
        writer.close()
    }
}
