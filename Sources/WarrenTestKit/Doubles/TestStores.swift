import Synchronization
import Warren
import WarrenHost
import WarrenStorage

/// The stores of a test hub. A partition that is opened again has its rows, as a file would.
final class TestStores: Sendable {
    private let faults: PlantedFaults<StorageError>
    private let commits: CommitCounter
    /// Puts another store in the place of the one in memory, or returns that.
    private let replace: @Sendable (Int, any PartitionStore) throws -> any PartitionStore
    private let latest = Mutex<[Int: InMemoryPartitionStore]>([:])

    init(
        faults: PlantedFaults<StorageError>, commits: CommitCounter,
        replace: @escaping @Sendable (Int, any PartitionStore) throws -> any PartitionStore = { $1 }
    ) {
        self.replace = replace
        self.faults = faults
        self.commits = commits
    }

    func open(_ partition: Int, of configuration: HostConfiguration) throws -> any PartitionStore {
        let memory = try latest.withLock { latest in
            let store =
                if let earlier = latest[partition] {
                    try InMemoryPartitionStore(reopening: earlier)
                } else {
                    try InMemoryPartitionStore(
                        hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount)
                }
            latest[partition] = store
            return store
        }
        return CountingStore(FaultInjectingStore(try replace(partition, memory), fault: nil, planted: faults), commits)
    }
}
