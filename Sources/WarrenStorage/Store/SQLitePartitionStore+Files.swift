package import Logging
import Warren

/// Exchanges whole files while no store is open.
extension SQLitePartitionStore {
    /// Whether there is a partition in the directory. A file without one, as a crash during its creation leaves it, is
    /// none; a damaged one is, and opening it tells.
    ///
    /// - Throws: `.misuse` for a hub name that names no file.
    package static func exists(directory: String, hub: String, partition: Int) throws -> Bool {
        let file = try PartitionFile(directory: directory, hub: hub, partition: partition)
        return try file.isThere && !file.isEmpty()
    }

    /// The path for a file in the making, a new one with each call, in the directory, which is made if it is missing. The next opening of the partition removes what is
    /// left at such a path.
    package static func temporaryPath(
        directory: String, hub: String, partition: Int, logger: Logger
    ) throws -> String {
        let file = try PartitionFile(directory: directory, hub: hub, partition: partition)
        try PartitionFile.makeDirectory(directory, logger: logger)
        return file.temporaryPrefix + PartitionIdentity.newStoreID()
    }

    /// Puts a complete file in the place of the partition's, if there is one. Whenever the process dies, the next
    /// opening finds either the old file with everything that was committed or the new one.
    ///
    /// - Parameter copy: a file in the same directory, written to its end; it is moved.
    /// - Throws: `.inUse` if a store has the partition open; `.corrupt` if the copy is no SQLite database; `.io`.
    package static func replace(directory: String, hub: String, partition: Int, with copy: String) throws {
        let file = try PartitionFile(directory: directory, hub: hub, partition: partition)
        let lock = try FileLock(path: file.lockPath)
        defer { withExtendedLifetime(lock) {} }
        try file.replace(with: copy)
    }

    /// Removes the partition's file, if there is one. Whenever the process dies, the next opening finds either the old
    /// file with everything that was committed, or none.
    ///
    /// - Throws: `.inUse` if a store has the partition open; `.io`.
    package static func remove(directory: String, hub: String, partition: Int) throws {
        let file = try PartitionFile(directory: directory, hub: hub, partition: partition)
        let lock = try FileLock(path: file.lockPath)
        defer { withExtendedLifetime(lock) {} }
        try file.remove()
    }
}

extension PartitionFile {
    /// Whether nothing was ever stored in the file.
    fileprivate func isEmpty() throws(StorageError) -> Bool {
        // A file that waits to take the place of this one is complete.
        guard !hasReplacement else { return false }
        do throws(StorageError) {
            guard try size() > 0 else { return true }
            return try SchemaVersion.isEmpty(Connection(path: path, mode: .readOnly))
        } catch  where error.code == .corrupt {
            return false
        }
    }
}
