package import Warren

/// A partition's rows that change only when they are told to: what a disk keeps in a simulation. The rules for commits are
/// those of every other store.
///
/// Not for several threads.
package struct SteppedPartition {
    private var rows = InMemoryPartition()

    package init() {}

    /// Applies commits together, or throws and leaves nothing of them.
    package mutating func apply(_ commits: [PartitionCommit]) throws(StorageError) {
        try rows.apply(commits.map { PendingCommit(commit: $0) { _ in } }[...])
    }

    package func recover() -> RecoveredPartition { rows.recover() }
    package func instance(_ instanceID: String) -> InstanceRecord? { rows.instance(instanceID) }
    package func instance(key: Int64) -> InstanceRecord? { rows.instances[key] }
    package func history(of instance: Int64, generation: Int) -> [[UInt8]] {
        rows.history(of: instance, generation: generation)
    }
    package func inboxEntry(_ key: String) -> InboxEntry? { rows.inbox[Array(key.utf8)] }
    package func outbox(after id: Int64, most count: Int, bytes: Int) -> [OutboxRow] {
        rows.outbox(after: id, most: count, bytes: bytes)
    }
    package func outboxRow(_ id: Int64) -> OutboxRow? { rows.outbox[id] }
    package func waiters(of instance: Int64) -> [[UInt8]] { rows.waiters[instance] ?? [] }
    package func heldMessage(_ id: Int64) -> [UInt8]? { rows.held[id]?.message }
    package func list(_ query: InstanceQuery) -> RecordPage { rows.list(query) }
    package func counts() -> PartitionCounts { rows.counts() }
    package func openInstances() -> [String: Int] { rows.openInstances() }

    /// All instances, by their keys.
    package var instances: [InstanceRecord] { rows.instances.values.sorted { $0.key < $1.key } }
}
