import Synchronization
package import Warren
package import WarrenStorage

/// A store that fails on purpose, for tests of how its users handle that.
package final class FaultInjectingStore: ForwardingStore {
    /// The fault that affects a commit. Commits count from 1, and the commits of a record of the
    /// journal as one; the commit that a fault names is the first affected one.
    package enum Fault: Sendable {
        /// The commit is not written; its completion gets the error, and later ones `.closed`.
        case fail(commit: Int, StorageError)
        /// The process seems to die before the commit is written: neither it nor a later one is written or completed.
        case crashBefore(commit: Int)
        /// The process seems to die after the commit is written and before it is completed: it is durable, but its
        /// completion is not called, and nothing later is written or completed.
        case crashAfter(commit: Int)
    }

    private enum Verdict {
        case write
        case writeUnheard
        case drop
        case fail(StorageError)
    }

    /// The number of the next commit, and the fault to inject.
    private struct Plan {
        let fault: Fault?
        let planted: PlantedFaults<StorageError>?
        var count = 0
        /// Whether a planted fault has ended the store.
        var isOver = false

        mutating func next() -> Verdict {
            count += 1
            if isOver { return .fail(StorageError(.closed, "An earlier commit failed.")) }
            if let error = planted?.next() {
                isOver = true
                return .fail(error)
            }
            switch fault {
            case .fail(let first, let error) where count == first: return .fail(error)
            case .fail(let first, let error) where count > first:
                return .fail(StorageError(.closed, "An earlier commit failed (\(error))."))
            case .crashBefore(let first) where count >= first: return .drop
            case .crashAfter(let last) where count == last: return .writeUnheard
            case .crashAfter(let last) where count > last: return .drop
            default: return .write
            }
        }
    }

    package let store: any PartitionStore
    private let plan: Mutex<Plan>

    /// - Parameters:
    ///   - fault: `nil` for a store that works.
    ///   - planted: faults that are planted while the store is used, counted over all stores that have them.
    package init(_ store: any PartitionStore, fault: Fault?, planted: PlantedFaults<StorageError>? = nil) {
        self.store = store
        plan = Mutex(Plan(fault: fault, planted: planted))
    }

    /// The number of commits that were handed over, including those that failed or were dropped.
    package var commitCount: Int { plan.withLock { $0.count } }

    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        handOver(completion) { [store] in store.commit(commit, completion: $0) }
    }

    package func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        handOver(completion) { [store] in store.apply(commits, at: position, completion: $0) }
    }

    private func handOver(
        _ completion: @escaping @Sendable (Result<Void, StorageError>) -> Void,
        _ write: (@escaping @Sendable (Result<Void, StorageError>) -> Void) -> Void
    ) {
        // A handover under the lock keeps the order of the calls; the store only queues the commit, and never completes
        // it here.
        plan.withLock { plan in
            switch plan.next() {
            case .write: write(completion)
            case .writeUnheard: write { _ in }
            case .drop: break
            case .fail(let error):
                // An empty commit in its place reports the failure on the writer thread, in the order of the commits.
                store.commit(PartitionCommit()) { result in completion(result.flatMap { .failure(error) }) }
            }
        }
    }
}
