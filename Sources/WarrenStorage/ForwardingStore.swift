package import Warren

/// A store that forwards to another one, except for the methods that it implements itself.
///
/// It forwards all methods, including those that have defaults in `PartitionStore`: a wrapper that used the defaults
/// would read in another way than the store that it wraps.
package protocol ForwardingStore: PartitionStore {
    /// The store to which calls are forwarded.
    var store: any PartitionStore { get }
}

extension ForwardingStore {
    package var identity: PartitionIdentity { store.identity }
    package var commitBeforeOpening: CommitMark? { store.commitBeforeOpening }
    package var lastCommit: CommitMark? { store.lastCommit }

    package func begin() async throws { try await store.begin() }
    package func observeFailure(_ observer: @escaping @Sendable (StorageError) -> Void) {
        store.observeFailure(observer)
    }
    package func finish() async { await store.finish() }
    package func recover() throws -> RecoveredPartition { try store.recover() }
    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        store.commit(commit, completion: completion)
    }
    package var journalPosition: JournalPosition? { store.journalPosition }
    package func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        store.apply(commits, at: position, completion: completion)
    }
    package func copy(to path: String) throws -> JournalPosition? { try store.copy(to: path) }
    package func fileBytes() -> Int64 { store.fileBytes() }
    package func logBytes() -> Int64 { store.logBytes() }
    package func instance(_ instanceID: String) throws -> InstanceRecord? { try store.instance(instanceID) }
    package func instance(key: Int64) throws -> InstanceRecord? { try store.instance(key: key) }
    package func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try store.history(of: instance, generation: generation)
    }
    package func heartbeats(of instance: Int64, generation: Int) throws -> [Int: Payload?] {
        try store.heartbeats(of: instance, generation: generation)
    }
    package func inboxEntry(_ key: String) throws -> InboxEntry? { try store.inboxEntry(key) }
    package func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try store.outbox(after: id, most: rows, bytes: bytes)
    }
    package func heldMessage(_ id: Int64) throws -> [UInt8]? { try store.heldMessage(id) }
    package func list(_ query: InstanceQuery) throws -> RecordPage { try store.list(query) }
    package func waiters(of instance: Int64) throws -> [[UInt8]] { try store.waiters(of: instance) }
    package func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        try store.summaries(query, bytes: bytes)
    }
    package func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try store.view(of: instanceID, from: episode, bytes: bytes)
    }
    package func damagedRows(most: Int) throws -> DamagedRows { try store.damagedRows(most: most) }
    package func instanceCounts(_ query: InstanceCountQuery, most: Int) throws -> InstanceCounts {
        try store.instanceCounts(query, most: most)
    }
    package func counts() throws -> PartitionCounts { try store.counts() }
    package func openInstances() throws -> [String: Int] { try store.openInstances() }
    package func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) {
        store.mirrorCommits(to: mirror)
    }
    package func close() { store.close() }
}
