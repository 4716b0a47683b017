public import Warren

/// A store that forwards to another one, except for the methods that it implements itself.
///
/// It forwards all methods, including those that have defaults in `PartitionStore`: a wrapper that used the defaults
/// would read in another way than the store that it wraps.
public protocol ForwardingStore: PartitionStore {
    /// The store to which calls are forwarded.
    var store: any PartitionStore { get }
}

extension ForwardingStore {
    /// Forwards to ``store``.
    public var identity: PartitionIdentity { store.identity }
    /// Forwards to ``store``.
    public var commitBeforeOpening: CommitMark? { store.commitBeforeOpening }
    /// Forwards to ``store``.
    public var lastCommit: CommitMark? { store.lastCommit }

    /// Forwards to ``store``.
    public func begin() async throws { try await store.begin() }
    /// Forwards to ``store``.
    public func observeFailure(_ observer: @escaping @Sendable (StorageError) -> Void) {
        store.observeFailure(observer)
    }
    /// Forwards to ``store``.
    public func finish() async { await store.finish() }
    /// Forwards to ``store``.
    public func recover() throws -> RecoveredPartition { try store.recover() }
    /// Forwards to ``store``.
    public func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        store.commit(commit, completion: completion)
    }
    /// Forwards to ``store``.
    public var journalPosition: JournalPosition? { store.journalPosition }
    /// Forwards to ``store``.
    public func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        store.apply(commits, at: position, completion: completion)
    }
    /// Forwards to ``store``.
    public func copy(to path: String) throws -> JournalPosition? { try store.copy(to: path) }
    /// Forwards to ``store``.
    public func fileBytes() -> Int64 { store.fileBytes() }
    /// Forwards to ``store``.
    public func logBytes() -> Int64 { store.logBytes() }
    /// Forwards to ``store``.
    public func instance(_ instanceID: String) throws -> InstanceRecord? { try store.instance(instanceID) }
    /// Forwards to ``store``.
    public func instance(key: Int64) throws -> InstanceRecord? { try store.instance(key: key) }
    /// Forwards to ``store``.
    public func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try store.history(of: instance, generation: generation)
    }
    /// Forwards to ``store``.
    public func heartbeats(of instance: Int64, generation: Int) throws -> [Int: Payload?] {
        try store.heartbeats(of: instance, generation: generation)
    }
    /// Forwards to ``store``.
    public func inboxEntry(_ key: String) throws -> InboxEntry? { try store.inboxEntry(key) }
    /// Forwards to ``store``.
    public func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try store.outbox(after: id, most: rows, bytes: bytes)
    }
    /// Forwards to ``store``.
    public func heldMessage(_ id: Int64) throws -> [UInt8]? { try store.heldMessage(id) }
    /// Forwards to ``store``.
    public func list(_ query: InstanceQuery) throws -> RecordPage { try store.list(query) }
    /// Forwards to ``store``.
    public func waiters(of instance: Int64) throws -> [[UInt8]] { try store.waiters(of: instance) }
    /// Forwards to ``store``.
    public func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        try store.summaries(query, bytes: bytes)
    }
    /// Forwards to ``store``.
    public func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try store.view(of: instanceID, from: episode, bytes: bytes)
    }
    /// Forwards to ``store``.
    public func damagedRows(most: Int) throws -> DamagedRows { try store.damagedRows(most: most) }
    /// Forwards to ``store``.
    public func instanceCounts(_ query: InstanceCountQuery, most: Int) throws -> InstanceCounts {
        try store.instanceCounts(query, most: most)
    }
    /// Forwards to ``store``.
    public func ended(_ status: RuntimeStatus, after place: EndedInstance?, most: Int) throws -> [EndedInstance] {
        try store.ended(status, after: place, most: most)
    }
    /// Forwards to ``store``.
    public func counts() throws -> PartitionCounts { try store.counts() }
    /// Forwards to ``store``.
    public func openInstances() throws -> [String: Int] { try store.openInstances() }
    /// Forwards to ``store``.
    public func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) {
        store.mirrorCommits(to: mirror)
    }
    /// Forwards to ``store``.
    public func close() { store.close() }
}
