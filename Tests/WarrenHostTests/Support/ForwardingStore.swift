import Warren
import WarrenStorage

/// A store that does what another one does, but for what a test puts in its place.
///
/// `@unchecked`: subclasses add nothing that changes, or lock it.
class ForwardingStore: PartitionStore, @unchecked Sendable {
    let store: any PartitionStore

    init(_ store: any PartitionStore) { self.store = store }

    var identity: PartitionIdentity { store.identity }
    var commitBeforeOpening: CommitMark? { store.commitBeforeOpening }
    var lastCommit: CommitMark? { store.lastCommit }

    func recover() throws -> RecoveredPartition { try store.recover() }
    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        store.commit(commit, completion: completion)
    }
    func instance(_ instanceID: String) throws -> InstanceRecord? { try store.instance(instanceID) }
    func instance(key: Int64) throws -> InstanceRecord? { try store.instance(key: key) }
    func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try store.history(of: instance, generation: generation)
    }
    func inboxEntry(_ key: String) throws -> InboxEntry? { try store.inboxEntry(key) }
    func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try store.outbox(after: id, most: rows, bytes: bytes)
    }
    func heldMessage(_ id: Int64) throws -> [UInt8]? { try store.heldMessage(id) }
    func waiters(of instance: Int64) throws -> [[UInt8]] { try store.waiters(of: instance) }
    func list(_ query: InstanceQuery) throws -> InstancePage { try store.list(query) }
    func summaries(_ query: InstanceQuery, bytes: Int) throws -> InstancePage {
        try store.summaries(query, bytes: bytes)
    }
    func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try store.view(of: instanceID, from: episode, bytes: bytes)
    }
    func counts() throws -> PartitionCounts { try store.counts() }
    func openInstances() throws -> [String: Int] { try store.openInstances() }
    func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) { store.mirrorCommits(to: mirror) }
    func close() { store.close() }
}
