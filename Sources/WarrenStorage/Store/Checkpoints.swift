import CSQLite
import Logging
import WarrenSupport

/// Moves the write-ahead log into the database while the writer is idle.
///
/// SQLite would do so inside whichever commit reaches 1,000 pages, which causes a commit's worst latency. Here it
/// happens when the writer is idle, and under steady load when the log reaches a bound.
final class Checkpoints {
    /// When idle, a smaller log stays: moving a few pages costs two flushes of the disk.
    private static let idlePages: Int32 = 256
    /// Even when busy, a larger log is moved: 64 MiB.
    private static let busyPages: Int32 = 16_384
    /// The time for which the writer must have been idle, in milliseconds.
    private static let idleDelay = 100
    /// The size to which a larger log is cut when it starts over.
    static let keptLogBytes = 64 << 20

    private let connection: Connection
    private let logger: Logger
    /// The number of pages in the log after the last commit, kept by SQLite's hook.
    private let pages: UnsafeMutablePointer<Int32>
    /// The number of moved pages. The log starts over only once all are moved, and while no reader uses it.
    private var movedPages: Int32 = 0

    init(_ connection: Connection, logger: Logger) {
        self.connection = connection
        self.logger = logger
        pages = .allocate(capacity: 1)
        pages.initialize(to: 0)
        sqlite3_wal_hook(
            connection.handle,
            { context, _, _, count in
                context?.assumingMemoryBound(to: Int32.self).pointee = count
                return SQLITE_OK
            }, pages)
    }

    deinit {
        sqlite3_wal_hook(connection.handle, nil, nil)
        pages.deallocate()
    }

    /// - Returns: the milliseconds without work after which to call again; `nil` for never.
    func run(isIdle: Bool, isRested: Bool) -> Int? {
        // A count that falls means that the log started over.
        if pages.pointee < movedPages { movedPages = 0 }
        let unmoved = pages.pointee - movedPages
        if unmoved >= Self.busyPages || (isRested && unmoved >= Self.idlePages) {
            move()
            return nil
        }
        return isIdle && unmoved >= Self.idlePages ? Self.idleDelay : nil
    }

    /// Runs a checkpoint. A failed one loses nothing: the log still holds everything, and the next attempt repeats it.
    /// If the disk is the cause, the next commit fails and reports it.
    private func move() {
        var moved: Int32 = 0
        let result = sqlite3_wal_checkpoint_v2(connection.handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, &moved)
        // A failure counts as if all pages had been moved: the next attempt is made when the log has grown by a bound.
        movedPages = result == SQLITE_OK ? moved : pages.pointee
        if result != SQLITE_OK, result & 0xff != SQLITE_BUSY {
            logger.warning(
                "A checkpoint failed",
                metadata: [LogKey.error: "\(connection.error(result, doing: "moving the log"))"])
        }
    }
}
