import Warren
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The writer thread: takes commits in the order of the calls and writes all that are ready as one group.
///
/// Groups form by themselves: while one is being made durable, the next gathers. The queue has no bound of its own; its
/// callers have one, because they release messages only when a completion ran.
final class CommitWriter: Sendable {
    /// Bounds of a group, so that one transaction neither keeps the first caller waiting nor fills memory.
    enum Bound {
        static let commits = 512
        static let bytes = 8 << 20
    }

    private enum Phase { case open, closing, closed }

    private struct State {
        var pending: [PendingCommit] = []
        /// Those that came after the call to close. They fail, after the pending ones have completed.
        var late: [PendingCommit] = []
        var phase = Phase.open
        /// Whether the store was released, so that no more calls can be made.
        var isAbandoned = false
        var thread: pthread_t?
    }

    private enum Work {
        case commits([PendingCommit])
        case finish
        case refuse([PendingCommit])
        case exit
    }

    private let monitor: Monitor<State>

    /// Starts the thread. It runs until this object is released.
    init(name: String, sink: any CommitSink) throws(StorageError) {
        let monitor = Monitor(State())
        self.monitor = monitor
        // The thread holds the monitor and the sink. It does not hold this object, because the release of this object
        // ends the thread.
        try StoreThread.start(name: name) { Self.run(monitor, sink) }
    }

    deinit {
        monitor.change { state in
            if state.phase == .open { state.phase = .closing }
            state.isAbandoned = true
        }
    }

    func add(_ commit: PendingCommit) {
        monitor.change { state in
            if state.phase == .open { state.pending.append(commit) } else { state.late.append(commit) }
        }
    }

    /// Finishes pending commits, then the sink. Returns when that is done; from a completion, which runs on the writer
    /// thread, it returns at once and the work is done afterwards.
    func close() {
        let isOwnThread = monitor.change { state in
            if state.phase == .open { state.phase = .closing }
            return state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }
        if !isOwnThread { monitor.wait { state in state.phase == .closed ? () : nil } }
    }

    // MARK: On the writer thread

    private static func run(_ monitor: Monitor<State>, _ sink: any CommitSink) {
        monitor.change { state in state.thread = pthread_self() }
        var failure: StorageError?
        var pause: Int? = nil
        while true {
            switch next(monitor, pause: pause) {
            case nil:
                pause = sink.maintain(isIdle: true, isRested: true)
            case .commits(let commits) where failure != nil:
                refuse(commits, because: failure)
            case .commits(let commits):
                failure = write(commits, to: sink)
                let isIdle = monitor.withLock { $0.pending.isEmpty }
                pause = failure == nil ? sink.maintain(isIdle: isIdle, isRested: false) : nil
            case .finish:
                sink.finish(failure: failure)
                pause = nil
                monitor.change { state in state.phase = .closed }
            case .refuse(let commits):
                refuse(commits, because: failure)
            case .exit:
                return
            }
        }
    }

    /// - Returns: `nil` if no commit arrived during the pause.
    private static func next(_ monitor: Monitor<State>, pause: Int?) -> Work? {
        func take(_ state: inout State) -> Work? {
            if !state.pending.isEmpty {
                defer { state.pending = [] }
                return .commits(state.pending)
            }
            if state.phase == .closing { return .finish }
            if !state.late.isEmpty {
                defer { state.late = [] }
                return .refuse(state.late)
            }
            if state.isAbandoned { return .exit }
            return nil
        }
        guard let pause else { return monitor.wait(take) }
        return monitor.wait(milliseconds: pause, take)
    }

    /// Writes commits group by group.
    ///
    /// - Returns: the failure of a group, after which nothing more may be written: later commits were decided on the
    ///   basis of the lost ones.
    private static func write(_ commits: [PendingCommit], to sink: any CommitSink) -> StorageError? {
        var rest = commits[...]
        while !rest.isEmpty {
            let group = rest.prefix(groupLength(of: rest))
            do throws(StorageError) {
                try sink.apply(group)
            } catch {
                for pending in rest { pending.completion(.failure(error)) }
                return error
            }
            for pending in group { pending.completion(.success(())) }
            rest = rest.dropFirst(group.count)
        }
        return nil
    }

    private static func groupLength(of commits: ArraySlice<PendingCommit>) -> Int {
        var count = 0
        var bytes = 0
        var length = 0
        for pending in commits {
            count += max(1, pending.commits.count)
            bytes += pending.approximateSize
            // What is applied together is never divided, however large it is.
            if length > 0, count > Bound.commits || bytes > Bound.bytes { break }
            length += 1
        }
        return length
    }

    private static func refuse(_ commits: [PendingCommit], because failure: StorageError?) {
        let reason = failure.map { "An earlier commit failed (\($0)). Open the partition again." }
        let error = StorageError(.closed, reason ?? "The store was closed.", path: failure?.path)
        for pending in commits { pending.completion(.failure(error)) }
    }
}
