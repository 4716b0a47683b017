import Synchronization
import Warren
import WarrenStorage

/// A store that knows how many of its commits are on their way, so that a test knows when a hub is at rest.
final class CountingStore: PartitionStore {
    private let store: any PartitionStore
    private let commits: CommitCounter

    init(_ store: any PartitionStore, _ commits: CommitCounter) {
        self.store = store
        self.commits = commits
    }

    var identity: PartitionIdentity { store.identity }

    func recover() throws -> RecoveredPartition { try store.recover() }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        commits.begin()
        store.commit(commit) { [commits] result in
            completion(result)
            commits.end()
        }
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
    func list(_ query: InstanceQuery) throws -> InstancePage { try store.list(query) }
    func counts() throws -> PartitionCounts { try store.counts() }
    func close() { store.close() }
}

/// Counts commits on their way over all partitions of a hub.
final class CommitCounter: Sendable {
    private struct State {
        var open = 0
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var open: Int { state.withLock { $0.open } }

    func begin() {
        state.withLock { $0.open += 1 }
    }

    func end() {
        let waiting = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            state.open -= 1
            guard state.open == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until no commit is on its way.
    func idle() async {
        await withUnsafeContinuation { continuation in
            let isDone = state.withLock { state in
                if state.open > 0 { state.waiting.append(continuation) }
                return state.open == 0
            }
            if isDone { continuation.resume() }
        }
    }
}
