import Synchronization
import Warren
import WarrenStorage

/// A store that counts its commits, and otherwise does what the one that it wraps does.
final class CountedStore: ForwardingStore {
    let store: any PartitionStore
    private let tally: Tally

    init(_ store: any PartitionStore, _ tally: Tally) {
        self.store = store
        self.tally = tally
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        tally.add()
        store.commit(commit, completion: completion)
    }

    /// The commits of all stores that have it.
    final class Tally: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock { $0 } }

        func add() { number.withLock { $0 += 1 } }
    }
}

/// A store that loses the callers who wait for the end of an instance.
final class ForgetfulStore: ForwardingStore {
    let store: any PartitionStore

    init(_ store: any PartitionStore) {
        self.store = store
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        var commit = commit
        commit.waiters = []
        store.commit(commit, completion: completion)
    }
}
