import Synchronization
package import Warren
import WarrenHost
package import WarrenStorage

/// A store that knows how many of its commits are on their way, so that a test knows when a hub is at rest.
package final class CountingStore: PartitionStore {
    private let store: any PartitionStore
    private let commits: CommitCounter

    package init(_ store: any PartitionStore, _ commits: CommitCounter) {
        self.store = store
        self.commits = commits
    }

    package var identity: PartitionIdentity { store.identity }

    package func recover() throws -> RecoveredPartition { try store.recover() }

    package func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void)
    {
        commits.begin()
        store.commit(commit) { [commits] result in
            completion(result)
            commits.end()
        }
    }

    package func instance(_ instanceID: String) throws -> InstanceRecord? { try store.instance(instanceID) }
    package func instance(key: Int64) throws -> InstanceRecord? { try store.instance(key: key) }
    package func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try store.history(of: instance, generation: generation)
    }
    package func inboxEntry(_ key: String) throws -> InboxEntry? { try store.inboxEntry(key) }
    package func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try store.outbox(after: id, most: rows, bytes: bytes)
    }
    package func waiters(of instance: Int64) throws -> [[UInt8]] { try store.waiters(of: instance) }
    package func summaries(_ query: InstanceQuery, bytes: Int) throws -> InstancePage {
        try store.summaries(query, bytes: bytes)
    }
    package func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        try store.view(of: instanceID, from: episode, bytes: bytes)
    }
    package func damagedRows(most: Int) throws -> DamagedRows { try store.damagedRows(most: most) }
    package func heldMessage(_ id: Int64) throws -> [UInt8]? { try store.heldMessage(id) }
    package var commitBeforeOpening: CommitMark? { store.commitBeforeOpening }
    package var lastCommit: CommitMark? { store.lastCommit }
    package func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) {
        store.mirrorCommits(to: mirror)
    }
    package func list(_ query: InstanceQuery) throws -> InstancePage { try store.list(query) }
    package func counts() throws -> PartitionCounts { try store.counts() }
    package func openInstances() throws -> [String: Int] { try store.openInstances() }
    package func close() { store.close() }
}

/// Counts what goes on over all partitions of a hub where the transport does not see it: commits, messages from partition to
/// partition, and partitions at work.
package final class CommitCounter: UnseenWork {
    private struct State {
        var open = 0
        var begun = 0
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var open: Int { state.withLock { $0.open } }

    /// How much has ever begun, if nothing is on its way.
    var begunIfIdle: Int? { state.withLock { $0.open == 0 ? $0.begun : nil } }

    package func begin() {
        state.withLock { state in
            state.open += 1
            state.begun += 1
        }
    }

    package func end() {
        let waiting = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            state.open -= 1
            guard state.open == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until no commit is on its way.
    package func idle() async {
        await withUnsafeContinuation { continuation in
            let isDone = state.withLock { state in
                if state.open > 0 { state.waiting.append(continuation) }
                return state.open == 0
            }
            if isDone { continuation.resume() }
        }
    }
}
