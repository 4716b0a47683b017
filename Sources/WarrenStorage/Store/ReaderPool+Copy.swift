import Warren

extension ReaderPool {
    /// Writes a complete copy of the file as of one moment, while commits go on.
    ///
    /// - Parameter path: a path at which there is no file yet.
    /// - Returns: the position in the journal that the copy holds.
    func copy(to path: String) throws(StorageError) -> JournalPosition? {
        // A reader is taken for as long as it lasts, so that closing the store ends it and waits for it.
        try read { (reader) throws(StorageError) -> JournalPosition? in
            try PartitionFile.create(path)
            do throws(StorageError) {
                try Self.write(path, of: reader.connection.path, until: end)
                return try Self.position(in: path)
            } catch {
                do throws(StorageError) {
                    try PartitionFile.removeFile(path)
                } catch {
                    // The next opening of the partition removes it, and the cause is what matters.
                }
                throw error
            }
        }
    }

    private static func write(_ path: String, of source: String, until end: ReadEnd) throws(StorageError) {
        let connection = try Connection(path: source, mode: .readOnly)
        connection.heed(end)
        connection.allowCopying()
        let vacuum = try connection.prepare("VACUUM INTO ?1")
        vacuum.bind(1, path)
        try vacuum.run()
        try PartitionFile.flush(path)
        try PartitionFile.flush(directoryOf: path)
    }

    private static func position(in path: String) throws(StorageError) -> JournalPosition? {
        try PositionTable(Connection(path: path, mode: .readOnly)).read()
    }
}
