import Synchronization
package import Warren
package import WarrenStorage

/// A store that fails on purpose, for tests of what its users do about it.
package final class FaultInjectingStore: ForwardingStore {
    /// What happens to a commit. Commits count from 1; the commit that a fault names is the first it concerns.
    package enum Fault: Sendable {
        /// The commit is not written; its completion gets the error, and later ones `.closed`.
        case fail(commit: Int, StorageError)
        /// As if the process died before writing it: neither it nor a later one is written or completed.
        case crashBefore(commit: Int)
        /// As if the process died between writing and completing it: it is durable, but nobody hears of it, and nothing
        /// later is written or completed.
        case crashAfter(commit: Int)
    }

    private enum Verdict {
        case write
        case writeUnheard
        case drop
        case fail(StorageError)
    }

    /// Which commit is next, and what becomes of it.
    private struct Plan {
        let fault: Fault?
        var count = 0

        mutating func next() -> Verdict {
            count += 1
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

    /// - Parameter fault: `nil` for a store that works.
    package init(_ store: any PartitionStore, fault: Fault?) {
        self.store = store
        plan = Mutex(Plan(fault: fault))
    }

    /// How many commits were handed over, those that failed or were dropped included.
    package var commitCount: Int { plan.withLock { $0.count } }

    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        // Handing over under the lock keeps the order of the calls; the store only queues, it never completes here.
        plan.withLock { plan in
            switch plan.next() {
            case .write: store.commit(commit, completion: completion)
            case .writeUnheard: store.commit(commit) { _ in }
            case .drop: break
            case .fail(let error):
                // An empty commit in its place brings the failure to the writer thread, in its turn.
                store.commit(PartitionCommit()) { result in completion(result.flatMap { .failure(error) }) }
            }
        }
    }
}
