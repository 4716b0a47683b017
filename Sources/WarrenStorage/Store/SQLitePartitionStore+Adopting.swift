package import Warren

/// Makes a file of a partition without a journal one of a partition with a journal.
extension SQLitePartitionStore {
    /// The ID of the store in a directory; `nil` if there is no partition in it.
    ///
    /// - Throws: `.inUse` if a store has the partition open; `.foreignFile`, `.newerSchema`, `.corrupt` or `.io` if it
    ///   cannot be read.
    package static func storeID(directory: String, hub: String, partition: Int) throws -> String? {
        guard try exists(directory: directory, hub: hub, partition: partition) else { return nil }
        let file = try PartitionFile(directory: directory, hub: hub, partition: partition)
        let lock = try FileLock(path: file.lockPath)
        defer { withExtendedLifetime(lock) {} }
        try file.settle()
        let connection = try Connection(path: file.path, mode: .readOnly)
        try SchemaVersion.check(connection)
        return try connection.text("SELECT store_id FROM header WHERE id = 1")
    }

    /// Gives a copy of a partition's file the identity of a journal and a position in it. The secret stays.
    ///
    /// Tokens that an earlier version signed with the store ID are not taken any more, since the ID changes.
    ///
    /// - Parameter path: the copy, which no store has open.
    package static func adopt(copy path: String, at position: JournalPosition) throws {
        let connection = try Connection(path: path, mode: .readWrite)
        try connection.writeTransaction { () throws(StorageError) in
            let update = try connection.prepare(
                """
                UPDATE header SET store_id = ?1, old_tokens_until = NULL, \(PositionTable.assignments) WHERE id = 1
                """)
            update.bind(1, PartitionIdentity.storeID(ofJournal: position.journalID))
            PositionTable.bind(position, to: update)
            guard try update.run() == 1 else {
                throw StorageError(.corrupt, "The copy of the file has no header row.", path: path)
            }
        }
    }
}

extension SQLitePartitionStore {
    /// Removes a directory from which all files of the hub were moved elsewhere, with the locks that stayed.
    ///
    /// - Throws: `.io` if there is anything else in it.
    package static func removeDirectory(_ directory: String, hub: String, partitionCount: Int) throws {
        for partition in 0..<partitionCount {
            try PartitionFile.removeFile(
                PartitionFile(directory: directory, hub: hub, partition: partition).lockPath)
        }
        try PartitionFile.removeEmpty(directory)
    }
}
