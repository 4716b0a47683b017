package import WarrenStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The place of a partition's store on this host. Its methods block on the disk.
package protocol PartitionFiles: Sendable {
    /// Whether there is a store.
    func exists() throws -> Bool
    /// Opens the store.
    ///
    /// - Parameter identity: that of the journal for which to create it; `nil` to open the one that exists.
    func open(_ identity: JournalIdentity?) throws -> any PartitionStore
    /// Puts a copy in the place of the store, which is not open.
    func replace(with path: String) throws
    /// Removes the store, which is not open.
    func remove() throws
    /// A new path for a copy on the same disk, which the next opening removes; `nil` if the store is no file.
    func temporaryPath() throws -> String?
    /// Opens a copy to read it.
    func openCopy(at path: String) throws -> any CopiedFile
    /// Creates a copy, in the place of an earlier one.
    func createCopy(at path: String) throws -> any CopiedFile
    func removeCopy(at path: String)
}

/// Keeps copies on the disk.
extension PartitionFiles {
    package func openCopy(at path: String) throws -> any CopiedFile { try CopyFile(reading: path) }
    package func createCopy(at path: String) throws -> any CopiedFile { try CopyFile(creating: path) }
    package func removeCopy(at path: String) { unlink(path) }
}

/// Stores in memory: they end with their process, and begin with the journal.
struct MemoryPartitionFiles: PartitionFiles {
    var configuration: HostConfiguration
    var partition: Int

    func exists() -> Bool { false }

    func open(_ identity: JournalIdentity?) throws -> any PartitionStore {
        try InMemoryPartitionStore(
            hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount,
            journal: identity)
    }

    func replace(with path: String) {}
    func remove() {}
    func temporaryPath() -> String? { nil }
}
