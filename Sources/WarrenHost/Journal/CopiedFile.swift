package import Warren

/// A copy of a partition's file, read or written in pieces. Used by one task at a time.
package protocol CopiedFile: Sendable {
    /// - Returns: the next bytes; none at the end.
    func read(most count: Int) throws(StorageError) -> [UInt8]
    func append(_ bytes: [UInt8]) throws(StorageError)
    /// Makes the copy durable.
    func finish() throws(StorageError)
    /// Removes the copy.
    func discard()
    func close()
}
