import Synchronization
package import Warren
import WarrenHost
package import WarrenStorage

/// A store that counts its commits on their way, so that a test can wait until a hub is at rest.
package final class CountingStore: ForwardingStore {
    package let store: any PartitionStore
    private let commits: CommitCounter

    package init(_ store: any PartitionStore, _ commits: CommitCounter) {
        self.store = store
        self.commits = commits
    }

    // It changes nothing about reading, so that a store with later answers keeps giving them later.
    package func readNow(_ request: ReadRequest) throws -> ReadAnswer? { try store.readNow(request) }
    package func read(_ request: ReadRequest) async throws -> ReadAnswer { try await store.read(request) }

    package func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void)
    {
        commits.begin()
        store.commit(commit) { [commits] result in
            completion(result)
            commits.end()
        }
    }

    package func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        self.commits.begin()
        store.apply(commits, at: position) { [counter = self.commits] result in
            completion(result)
            counter.end()
        }
    }
}

/// Counts the work in all partitions of a hub that the transport does not see: commits, messages from partition to
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

    /// The number of pieces of work that have ever begun, if none is on its way.
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
