package import Warren
import WarrenSupport

/// A partition that ends with its process: for tests and for trying Warren.
///
/// It keeps the contract of a durable one: completions run on a thread of its own in the order of the calls, a broken
/// rule fails with the same code, and after a failure every later commit fails.
package final class InMemoryPartitionStore: PartitionStore {
    package let identity: PartitionIdentity
    private let partition: Monitor<InMemoryPartition>
    private let isClosed: Monitor<Bool>
    private let writer: CommitWriter

    /// An empty partition.
    ///
    /// - Parameter journal: the journal that the partition is a copy of; `nil` for none.
    /// - Throws: `.io` if no thread can be started.
    package init(
        hub: String = "warren", partition: Int = 0, partitionCount: Int = 1, journal: JournalIdentity? = nil
    ) throws {
        identity = PartitionIdentity(
            hub: hub, partition: partition, partitionCount: partitionCount,
            storeID: journal.map { PartitionIdentity.storeID(ofJournal: $0.id) } ?? PartitionIdentity.newStoreID(),
            epoch: 1, secret: journal.map { PartitionSecret(bytes: $0.secret) } ?? PartitionSecret.make())
        let rows = Monitor(InMemoryPartition())
        let isClosed = Monitor(false)
        self.partition = rows
        self.isClosed = isClosed
        writer = try CommitWriter(
            name: "warren-memory-\(partition)", sink: InMemoryWriter(rows, isClosed, journalID: journal?.id))
    }

    package func recover() throws -> RecoveredPartition { try read { $0.recover() } }

    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        writer.add(PendingCommit(commits: [commit], completion: completion))
    }

    package func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        writer.add(PendingCommit(commits: commits, position: position, completion: completion))
    }

    package func instance(_ instanceID: String) throws -> InstanceRecord? { try read { $0.instance(instanceID) } }

    package func instance(key: Int64) throws -> InstanceRecord? { try read { $0.instances[key] } }

    package func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try read { $0.history(of: instance, generation: generation) }
    }

    package func heartbeats(of instance: Int64, generation: Int) throws -> [Int: Payload?] {
        try read { $0.heartbeats(of: instance, generation: generation) }
    }

    package func inboxEntry(_ key: String) throws -> InboxEntry? { try read { $0.inbox[Array(key.utf8)] } }

    package func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try read { $0.outbox(after: id, most: rows, bytes: bytes) }
    }

    package func waiters(of instance: Int64) throws -> [[UInt8]] { try read { $0.waiters[instance] ?? [] } }

    package func heldMessage(_ id: Int64) throws -> [UInt8]? { try read { $0.held[id]?.message } }

    package func list(_ query: InstanceQuery) throws -> RecordPage { try read { $0.list(query) } }

    package func counts() throws -> PartitionCounts { try read { $0.counts() } }
    package func openInstances() throws -> [String: Int] { try read { $0.openInstances() } }

    package func close() { writer.close() }

    private func read<Result>(_ body: (InMemoryPartition) -> Result) throws(StorageError) -> Result {
        guard !isClosed.withLock({ $0 }) else { throw StorageError(.closed, "The store was closed.") }
        return partition.withLock { body($0) }
    }
}
