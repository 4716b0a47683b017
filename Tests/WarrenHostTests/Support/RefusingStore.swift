import Synchronization
import Warren
import WarrenStorage

/// A store that refuses some commits as ones that break a rule. Like any store, it fails every later one, too, until it is
/// opened again.
final class RefusingStore: ForwardingStore {
    let store: any PartitionStore
    private let refuses: @Sendable (PartitionCommit) -> Bool
    private let hasFailed = Mutex(false)

    init(_ store: any PartitionStore, refuses: @escaping @Sendable (PartitionCommit) -> Bool) {
        self.store = store
        self.refuses = refuses
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        // Under the lock, which keeps the order of the calls: the store only queues the commit.
        hasFailed.withLock { hasFailed in
            let error: StorageError
            if hasFailed {
                error = StorageError(.closed, "An earlier commit failed.")
            } else if refuses(commit) {
                hasFailed = true
                error = StorageError(.misuse, "A row exists already or breaks a rule of its table.")
            } else {
                return store.commit(commit, completion: completion)
            }
            // An empty commit in its place reports the failure on the writer's thread.
            store.commit(PartitionCommit()) { _ in completion(.failure(error)) }
        }
    }
}
