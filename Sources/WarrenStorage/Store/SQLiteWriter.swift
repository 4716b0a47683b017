import Logging
import Warren
import WarrenSupport

/// The writing connection with its statements. Used by the writer thread alone.
final class SQLiteWriter: CommitSink, @unchecked Sendable {
    // Sendable because everything here belongs to the writer thread from its start on; `init` runs before that.

    /// Everything that keeps the file open. `nil` after `finish`.
    struct Open {
        let lock: FileLock
        let connection: Connection
        let transactions: WriteTransactions
        let header: HeaderTable
        let instances: InstancesTable
        let history: HistoryTable
        let inbox: InboxTable
        let timers: TimersTable
        let leases: LeasesTable
        let outbox: OutboxTable
        let held: HeldTable
        let waiters: WaitersTable
        let damaged: DamagedTable
        let checkpoints: Checkpoints
    }

    let path: String
    let epoch: Int64
    let identity: PartitionIdentity
    /// The only journal with records that may be applied.
    let journalID: UInt128?
    /// The position in the journal as of opening.
    let position: JournalPosition?
    /// The counters as of the last commit.
    var counters: HeaderTable.Counters
    var store: Open?
    /// Gets the progress of the file after each transaction.
    let progress: CommitProgress
    private let logger: Logger
    private let readers: ReaderPool

    init(lock: FileLock, connection: Connection, readers: ReaderPool, logger: Logger) throws(StorageError) {
        let header = try HeaderTable(connection)
        (identity, counters) = try header.read()
        journalID = identity.journalID
        position = try PositionTable(connection).read()
        epoch = identity.epoch
        progress = CommitProgress(CommitMark(number: counters.commits, time: counters.committedAt))
        path = connection.path
        self.logger = logger
        self.readers = readers
        store = Open(
            lock: lock, connection: connection, transactions: try WriteTransactions(connection), header: header,
            instances: try InstancesTable(connection),
            history: try HistoryTable(connection), inbox: try InboxTable(connection),
            timers: try TimersTable(connection), leases: try LeasesTable(connection),
            outbox: try OutboxTable(connection), held: try HeldTable(connection),
            waiters: try WaitersTable(connection),
            damaged: try DamagedTable(connection),
            checkpoints: Checkpoints(connection, logger: logger))
    }

    func maintain(isIdle: Bool, isRested: Bool) -> Int? {
        store?.checkpoints.run(isIdle: isIdle, isRested: isRested)
    }

    func finish(failure: StorageError?) {
        // Closes readers first: the connection that closes last moves the log and removes it.
        readers.close()
        if failure == nil, let store {
            do throws(StorageError) {
                try store.header.markClean(epoch: epoch)
            } catch {
                // All confirmed commits are durable; the next opening only checks the file.
                logger.warning("The partition could not be marked as closed", metadata: [LogKey.error: "\(error)"])
            }
        }
        if let failure { RecentFailures.note(failure, of: path) }
        store = nil
    }
}
