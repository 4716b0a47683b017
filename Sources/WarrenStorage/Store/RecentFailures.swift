import Synchronization
import Warren

/// Files of this process of which a write failed for a reason that SQLite recovers from by itself: a full disk, an I/O
/// error. The log is read back at the next opening, which is SQLite's own promise; reading the whole file as well, however
/// large it is, would make a second without disk space an outage of minutes.
enum RecentFailures {
    private static let paths = Mutex<Set<String>>([])

    static func note(_ error: StorageError, of path: String) {
        guard error.code == .full || error.code == .io else { return }
        paths.withLock { _ = $0.insert(path) }
    }

    /// Whether the last writer of the file ended so; asked once.
    static func take(_ path: String) -> Bool { paths.withLock { $0.remove(path) != nil } }
}
