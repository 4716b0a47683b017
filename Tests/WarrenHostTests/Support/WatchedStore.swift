import Warren
import WarrenStorage

/// A store that tells of commits that are durable, and may fail when its outbox is read.
final class WatchedStore: PartitionStore {
    private let store: any PartitionStore
    private let durable: Happenings<Void>
    private let willReadOutbox: @Sendable () throws -> Void
    let identity: PartitionIdentity

    /// - Parameters:
    ///   - durable: told of each durable commit, after its partition.
    ///   - secret: in place of the store's own.
    ///   - willReadOutbox: throws what reading the outbox is to throw.
    init(
        _ store: any PartitionStore, durable: Happenings<Void>, secret: PartitionSecret? = nil,
        willReadOutbox: @escaping @Sendable () throws -> Void = {}
    ) {
        self.store = store
        self.durable = durable
        self.willReadOutbox = willReadOutbox
        var identity = store.identity
        if let secret { identity.secret = secret }
        self.identity = identity
    }

    func recover() throws -> RecoveredPartition { try store.recover() }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        store.commit(commit) { [durable] result in
            completion(result)
            durable.add(())
        }
    }

    func instance(_ instanceID: String) throws -> InstanceRecord? { try store.instance(instanceID) }
    func instance(key: Int64) throws -> InstanceRecord? { try store.instance(key: key) }
    func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try store.history(of: instance, generation: generation)
    }
    func inboxEntry(_ key: String) throws -> InboxEntry? { try store.inboxEntry(key) }
    func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try willReadOutbox()
        return try store.outbox(after: id, most: rows, bytes: bytes)
    }
    func waiters(of instance: Int64) throws -> [[UInt8]] { try store.waiters(of: instance) }
    func damagedRows(most: Int) throws -> DamagedRows { try store.damagedRows(most: most) }
    func heldMessage(_ id: Int64) throws -> [UInt8]? { try store.heldMessage(id) }
    var commitBeforeOpening: CommitMark? { store.commitBeforeOpening }
    var lastCommit: CommitMark? { store.lastCommit }
    func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) { store.mirrorCommits(to: mirror) }
    func list(_ query: InstanceQuery) throws -> InstancePage { try store.list(query) }
    func counts() throws -> PartitionCounts { try store.counts() }
    func openInstances() throws -> [String: Int] { try store.openInstances() }
    func close() { store.close() }
}
