public import Logging

/// Warren's own stores of a partition, for stores that wrap one of them: see ``ForwardingStore``.
public enum PartitionStores {
    /// Makes an empty partition that ends with its process.
    ///
    /// - Parameters:
    ///   - hub: the task hub's name.
    ///   - partition: from 0 to below `partitionCount`.
    ///   - partitionCount: the number of partitions of the hub.
    ///   - journal: the journal that the partition is a copy of; `nil` for none.
    /// - Throws: ``StorageError`` with the code `.io` if no thread can be started.
    public static func memory(
        hub: String, partition: Int, partitionCount: Int, journal: JournalIdentity? = nil
    ) throws -> any PartitionStore {
        try InMemoryPartitionStore(hub: hub, partition: partition, partitionCount: partitionCount, journal: journal)
    }

    /// Opens a partition's SQLite file for writing, and creates it if it does not exist. It blocks; a host opens stores on
    /// a thread for that purpose.
    ///
    /// - Parameters:
    ///   - directory: created with mode 0700 if it is missing. The files in it get mode 0600.
    ///   - hub: the task hub's name.
    ///   - partition: from 0 to below `partitionCount`.
    ///   - partitionCount: the number of partitions with which the hub was created.
    ///   - journal: the journal that the partition is a copy of; `nil` for none.
    ///   - logger: for what is found in the file.
    /// - Throws: ``StorageError``: `.inUse` if a process has it open, this one included; `.foreignFile` for another hub's,
    ///   partition's or journal's file, or one that is not a database; `.partitionCountMismatch`; `.newerSchema`;
    ///   `.corrupt` if its integrity check fails; `.io` or `.full` if the directory cannot be written.
    public static func file(
        directory: String, hub: String, partition: Int, partitionCount: Int, journal: JournalIdentity? = nil,
        logger: Logger
    ) throws -> any PartitionStore {
        try SQLitePartitionStore.open(
            directory: directory, hub: hub, partition: partition, partitionCount: partitionCount, logger: logger,
            journal: journal.map(JournalMode.create) ?? .none)
    }
}
