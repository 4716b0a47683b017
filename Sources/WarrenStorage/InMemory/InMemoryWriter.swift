import Warren
import WarrenSupport

/// The work of an in-memory store's writer thread.
final class InMemoryWriter: CommitSink {
    private let partition: Monitor<InMemoryPartition>
    private let isClosed: Monitor<Bool>

    private let journalID: UInt128?

    /// - Parameter journalID: the journal; records of no other one are applied.
    init(_ partition: Monitor<InMemoryPartition>, _ isClosed: Monitor<Bool>, journalID: UInt128?) {
        self.journalID = journalID
        self.partition = partition
        self.isClosed = isClosed
    }

    func apply(_ group: ArraySlice<PendingCommit>) throws(StorageError) {
        // A position is not kept: nothing is opened again.
        guard group.allSatisfy({ $0.position == nil || $0.position?.journalID == journalID }) else {
            throw .otherJournal(path: nil)
        }
        try partition.withLock { partition in
            Result { () throws(StorageError) in try partition.apply(group) }
        }.get()
    }

    func maintain(isIdle: Bool, isRested: Bool) -> Int? { nil }

    func finish(failure: StorageError?) { isClosed.change { $0 = true } }
}
