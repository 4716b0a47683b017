import Warren
import WarrenStorage

/// A store that ends the process when somebody lists instances called `boom`.
final class PoisonStore: PartitionStore {
    private let store: any PartitionStore

    init(_ store: any PartitionStore) { self.store = store }

    var identity: PartitionIdentity { store.identity }

    func list(_ query: InstanceQuery) throws -> InstancePage {
        if query.name == "boom" { fatalError("boom") }
        return try store.list(query)
    }

    func summaries(_ query: InstanceQuery, bytes: Int) throws -> InstancePage {
        if query.name == "boom" { fatalError("boom") }
        return try store.summaries(query, bytes: bytes)
    }

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
    func waiters(of instance: Int64) throws -> [[UInt8]] { try store.waiters(of: instance) }
    func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try store.view(of: instanceID, from: episode, bytes: bytes)
    }
    func damagedRows(most: Int) throws -> DamagedRows { try store.damagedRows(most: most) }
    func heldMessage(_ id: Int64) throws -> [UInt8]? { try store.heldMessage(id) }
    var commitBeforeOpening: CommitMark? { store.commitBeforeOpening }
    var lastCommit: CommitMark? { store.lastCommit }
    func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) { store.mirrorCommits(to: mirror) }
    func counts() throws -> PartitionCounts { try store.counts() }
    func openInstances() throws -> [String: Int] { try store.openInstances() }
    func close() { store.close() }
}
