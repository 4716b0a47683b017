import Warren
import WarrenStorage

/// A store that tells of commits that are durable, and may fail when its outbox is read.
final class WatchedStore: ForwardingStore {
    let store: any PartitionStore
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

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        store.commit(commit) { [durable] result in
            completion(result)
            durable.add(())
        }
    }

    func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        store.apply(commits, at: position) { [durable] result in
            completion(result)
            durable.add(())
        }
    }

    func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try willReadOutbox()
        return try store.outbox(after: id, most: rows, bytes: bytes)
    }
}
