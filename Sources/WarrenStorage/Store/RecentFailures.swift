import Synchronization
import Warren

/// The files of this process for which a write failed for a reason that SQLite recovers from by itself: a full disk, an
/// I/O error. The log is read back at the next opening, as SQLite promises; checking the whole file as well, however
/// large it is, would turn a second without disk space into an outage of minutes.
enum RecentFailures {
    private static let paths = Mutex<Set<String>>([])

    static func note(_ error: StorageError, of path: String) {
        guard error.code == .full || error.code == .io else { return }
        paths.withLock { _ = $0.insert(path) }
    }

    /// Whether the last writer of the file ended so; the record is removed.
    static func take(_ path: String) -> Bool { paths.withLock { $0.remove(path) != nil } }
}
