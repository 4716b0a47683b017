import CSQLite
import Logging

/// Moves the write-ahead log into the database when nobody waits for it.
///
/// SQLite would do so inside whichever commit reaches 1,000 pages, and that is where a commit's worst latency comes
/// from. Here it happens when the writer is idle, and under steady load when the log reaches a bound.
final class Checkpoints {
    /// When idle, a smaller log stays: moving a few pages costs two flushes of the disk.
    private static let idlePages: Int32 = 256
    /// Even when busy, a larger log is moved: 64 MiB.
    private static let busyPages: Int32 = 16_384
    /// How long the writer must have nothing to do, in milliseconds.
    private static let idleDelay = 100
    /// A log larger than this is cut to it when it starts over.
    static let keptLogBytes = 64 << 20

    private let connection: Connection
    private let logger: Logger
    /// Pages in the log after the last commit, kept by SQLite's hook.
    private let pages: UnsafeMutablePointer<Int32>
    /// How many of them were moved. The log starts over only once all are, and while nobody reads it.
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

    /// - Returns: after how many milliseconds without work to call again; `nil` for never.
    func run(isIdle: Bool, isRested: Bool) -> Int? {
        // A count that falls says that the log started over.
        if pages.pointee < movedPages { movedPages = 0 }
        let unmoved = pages.pointee - movedPages
        if unmoved >= Self.busyPages || (isRested && unmoved >= Self.idlePages) {
            move()
            return nil
        }
        return isIdle && unmoved >= Self.idlePages ? Self.idleDelay : nil
    }

    /// A checkpoint that fails loses nothing: the log still holds everything, and the next attempt repeats it. If the
    /// disk is at fault, the next commit says so to those whom it concerns.
    private func move() {
        var moved: Int32 = 0
        let result = sqlite3_wal_checkpoint_v2(connection.handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, &moved)
        // After a failure as well as if all had been moved: the next attempt comes when the log has grown by a bound.
        movedPages = result == SQLITE_OK ? moved : pages.pointee
        if result != SQLITE_OK, result & 0xff != SQLITE_BUSY {
            logger.warning(
                "A checkpoint failed",
                metadata: ["error": "\(connection.error(result, doing: "moving the log"))"])
        }
    }
}
