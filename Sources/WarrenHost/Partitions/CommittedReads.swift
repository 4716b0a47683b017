import DequeModule
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Reads statuses for callers inside the host's process, from what is committed: without a message, and past everything
/// that waits for the partition.
///
/// A caller that got "accepted" for a message finds its effect, because a partition says so only after the commit. The
/// callers that come while others are being read for are served together, one after the other, by the thread that is at
/// work already: a busy machine changes threads less often the more callers there are.
final class CommittedReads: Sendable {
    private struct Caller {
        var instanceID: String
        var answer: OneShot<CommittedStatus>
    }

    private struct State {
        var waiting: Deque<Caller> = []
        var isReading = false
    }

    /// The number of callers that wait; further ones ask by message.
    private static let mostWaiting = 10_000

    private let state = Mutex(State())
    private let reader: QueryReader
    private let run: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let unseenWork: (any UnseenWork)?

    /// - Parameter run: runs the code that reads, on a thread that may block.
    init(
        _ reader: QueryReader, run: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.reader = reader
        self.run = run
        unseenWork = reader.setup.unseenWork
    }

    /// The status of an instance, if it was read before and is still the latest. It takes no longer than a look into memory.
    func copy(of instanceID: String) -> StatusCopy? {
        guard let copy = reader.copies.copy(of: instanceID) else { return nil }
        reader.setup.metrics.readFromMemory()
        return copy
    }

    /// Reads the status of an instance.
    ///
    /// - Returns: `.askTheHub` if a question by message is the better way: the instance has a long history, which the
    ///   partition may know by heart; it is damaged, which the partition handles first; the store is closed; or too many
    ///   callers wait.
    func status(of instanceID: String) async -> CommittedStatus {
        if let copy = copy(of: instanceID) { return .found(copy) }
        let caller = Caller(instanceID: instanceID, answer: OneShot())
        let begins = state.withLock { state -> Bool? in
            guard state.waiting.count < Self.mostWaiting else { return nil }
            state.waiting.append(caller)
            defer { state.isReading = true }
            return !state.isReading
        }
        guard let begins else { return .askTheHub }
        if begins {
            unseenWork?.begin()
            run { self.work() }
        }
        return await caller.answer.value
    }

    private func work() {
        while true {
            let callers = state.withLock { state -> Deque<Caller> in
                defer { state.waiting = [] }
                state.isReading = !state.waiting.isEmpty
                return state.waiting
            }
            guard !callers.isEmpty else {
                unseenWork?.end()
                return
            }
            // All of them came before the first read: whoever wants the same instance gets the same answer.
            var known: [String: CommittedStatus] = [:]
            for caller in callers {
                let id = caller.instanceID
                let read = { self.reader.committedStatus(of: id) }
                let status = known[id] ?? reader.setup.crashGuard.reading(id, read) ?? .askTheHub
                if callers.count > 1 { known[id] = status }
                caller.answer.set(status)
            }
        }
    }
}
