import Warren
import WarrenSupport

/// The work of an in-memory store's writer thread.
final class InMemoryWriter: CommitSink {
    private let partition: Monitor<InMemoryPartition>
    private let isClosed: Monitor<Bool>

    init(_ partition: Monitor<InMemoryPartition>, _ isClosed: Monitor<Bool>) {
        self.partition = partition
        self.isClosed = isClosed
    }

    func apply(_ group: ArraySlice<PendingCommit>) throws(StorageError) {
        try partition.withLock { partition in
            Result { () throws(StorageError) in try partition.apply(group) }
        }.get()
    }

    func maintain(isIdle: Bool, isRested: Bool) -> Int? { nil }

    func finish(failure: StorageError?) { isClosed.change { $0 = true } }
}
