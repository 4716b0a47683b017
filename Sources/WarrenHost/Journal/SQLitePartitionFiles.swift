import Logging
import WarrenStorage

/// A partition's file in a data directory.
struct SQLitePartitionFiles: PartitionFiles {
    var directory: String
    var hub: String
    var partition: Int
    var partitionCount: Int
    var logger: Logger

    func exists() throws -> Bool {
        try SQLitePartitionStore.exists(directory: directory, hub: hub, partition: partition)
    }

    func open(_ identity: JournalIdentity?) throws -> any PartitionStore {
        try SQLitePartitionStore.open(
            directory: directory, hub: hub, partition: partition, partitionCount: partitionCount, logger: logger,
            journal: identity.map { .create($0) } ?? .existing)
    }

    func replace(with path: String) throws {
        try SQLitePartitionStore.replace(directory: directory, hub: hub, partition: partition, with: path)
    }

    func remove() throws {
        try SQLitePartitionStore.remove(directory: directory, hub: hub, partition: partition)
    }

    func temporaryPath() throws -> String? {
        try SQLitePartitionStore.temporaryPath(
            directory: directory, hub: hub, partition: partition, logger: logger)
    }
}
