import Logging
import Warren
import WarrenMessaging
import WarrenStorage

/// Writes instances into the files of a hub's partitions.
struct Filling {
    /// How many instances a transaction has.
    private static let batch = 5000

    private let stores: [SQLitePartitionStore]
    private var commits: [PartitionCommit]
    private var lastKeys: [Int64]

    /// - Throws: `BenchError` if a partition has instances.
    init(hub: String, directory: String, partitionCount: Int, logger: Logger) throws {
        stores = try (0..<partitionCount).map { partition in
            try SQLitePartitionStore.open(
                directory: directory, hub: hub, partition: partition, partitionCount: partitionCount, logger: logger)
        }
        for store in stores where try store.counts().instances > 0 {
            throw BenchError(.leftOver, "\(directory) has instances of the hub '\(hub)'. Name another directory")
        }
        commits = Array(repeating: PartitionCommit(), count: partitionCount)
        lastKeys = Array(repeating: 0, count: partitionCount)
    }

    mutating func add(_ past: PastInstance) async throws {
        let partition = Partitioning.partition(of: past.record.instanceID, count: stores.count)
        lastKeys[partition] += 1
        var record = past.record
        record.key = lastKeys[partition]
        commits[partition].instances.append(InstanceWrite(.insert, record))
        for (number, events) in past.episodes.enumerated() {
            commits[partition].history.append(
                HistoryRow(instance: record.key, generation: 0, episode: number, events: HistoryCodec.encode(events)))
        }
        if let timer = past.timer {
            commits[partition].timers.append(
                TimerRow(key: .init(instance: record.key, generation: 0, id: timer.id), fireAt: timer.fireAt))
        }
        if commits[partition].instances.count >= Self.batch { try await write(partition) }
    }

    /// Writes the rest and closes the files.
    mutating func finish() async throws {
        for partition in stores.indices {
            try await write(partition)
            await stores[partition].finish()
            stores[partition].close()
        }
    }

    private mutating func write(_ partition: Int) async throws {
        let commit = commits[partition]
        commits[partition] = PartitionCommit()
        guard !commit.isEmpty else { return }
        try await withCheckedThrowingContinuation { continuation in
            stores[partition].commit(commit) { continuation.resume(with: $0) }
        }
    }
}
