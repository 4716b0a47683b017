import Logging
import Synchronization
import Warren
import WarrenStorage

/// Measures a transaction of one row through the store that hosts use.
final class CommitProbe: Sendable {
    private let store: SQLitePartitionStore
    private let lastID = Atomic<Int64>(0)

    init(directory: String) throws {
        store = try SQLitePartitionStore.open(
            directory: directory, hub: "floor", partition: 0, partitionCount: 1,
            logger: Logger(label: "warren.bench", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Commits one row after the other. The time ends when the writer says that it is durable, not when we hear of it.
    func sample(_ count: Int) async throws -> [Double] {
        var samples: [Double] = []
        for _ in 0..<count {
            var commit = PartitionCommit()
            commit.outbox = [
                OutboxRow(
                    id: lastID.add(1, ordering: .relaxed).newValue, messages: [UInt8](repeating: 7, count: 200))
            ]
            let start = Ticks.now
            samples.append(
                try await withCheckedThrowingContinuation { continuation in
                    store.commit(commit) { result in
                        continuation.resume(with: result.map { start.milliseconds() })
                    }
                })
        }
        return samples
    }

    func close() { store.close() }
}
