import AMQPMessages
import DequeModule
import Synchronization
import WarrenPartition

/// The inputs that wait for a partition: added from any thread, removed by the partition.
///
/// Its size is bounded by the prefetch of the queues that feed it: an input's message is acknowledged only after the
/// input took effect. Messages of other partitions of the process have a bound of their own (`localLimit`). The mailbox
/// outlives its partition's loop: its contents wait for the next one.
///
/// A closed mailbox is never opened again: a partition that leaves the process and returns has a new runner, and with
/// it a new mailbox.
final class PartitionMailbox: Sendable {
    private struct State {
        var inputs: Deque<PartitionInput> = []
        /// Intake that arrived while none was taken; older than the intake in `inputs`.
        var heldBack: Deque<PartitionInput> = []
        /// The steps with commits that became durable.
        var committed: [CommittedStep] = []
        /// Whether a partition takes inputs.
        var isAttended = false
        /// Whether a wake-up is on its way.
        var isSignalled = false
        var sleeper: UnsafeContinuation<Bool, Never>?
        /// Whether the mailbox will not be emptied any more.
        var isClosed = false
        /// Whether messages of other partitions of the process go through the broker.
        var isSpilling = false
        /// Whether the host stops: then they go through the broker for good.
        var isStopping = false
        /// The number of inputs in the mailbox that have another way to go.
        var local = 0
        /// Answers questions about what is committed, past the inputs that wait.
        var desk: PartitionQueries?
    }

    /// The maximum number of messages of other partitions that wait here; further ones go through the broker, which
    /// keeps them without delaying the other work of their sender.
    static let localLimit = 2048

    private let state = Mutex(State())
    private let unseen: (any UnseenWork)?

    /// - Parameter unseen: is notified of wake-ups that are on their way.
    init(unseen: (any UnseenWork)? = nil) {
        self.unseen = unseen
    }

    /// Begins wake-ups, with one that is due at once.
    func beginWakeUps() {
        state.withLock { $0.isAttended = true }
        signal()
    }

    /// Waits until there may be something to take. The caller calls `awoke` next, before it looks.
    ///
    /// Not an `AsyncStream`: its iterator waits on the common threads, and a partition has a thread of its own.
    ///
    /// - Returns: `false` if wake-ups have ended.
    func wakeUp() async -> Bool {
        await withUnsafeContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                guard state.isAttended else { return false }
                if state.isSignalled { return true }
                state.sleeper = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Adds inputs in order. With `quietly`, the partition is not woken: they wait for an input that wakes it.
    func add(_ inputs: some Sequence<PartitionInput>, quietly: Bool = false) {
        state.withLock { $0.inputs.append(contentsOf: inputs) }
        if !quietly { signal() }
    }

    func add(_ input: PartitionInput, quietly: Bool = false) {
        add(CollectionOfOne(input), quietly: quietly)
    }

    /// Lets questions about what is committed be answered at once, while a loop works.
    func openDesk(of queries: PartitionQueries) {
        state.withLock { $0.desk = queries }
    }

    func closeDesk() {
        state.withLock { $0.desk = nil }
    }

    /// Answers questions about what is committed at present; `nil` if they have to wait with everything else.
    var desk: PartitionQueries? { state.withLock { $0.isClosed ? nil : $0.desk } }

    /// Adds a durable step. The partition is not woken: it takes the step with the next input.
    func add(committed step: CommittedStep) {
        state.withLock { $0.committed.append(step) }
    }

    /// Returns the steps that became durable since the last call, in their order.
    func takeCommitted() -> [CommittedStep] {
        state.withLock { state in
            defer { state.committed = [] }
            return state.committed
        }
    }

    /// Adds an input that has another way to go. Returns `false` if the mailbox will not be emptied any more, or not
    /// soon.
    ///
    /// - Parameter canSpill: whether the other way keeps the input independently of its sender.
    func offer(_ input: PartitionInput, canSpill: Bool = false) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, !state.isStopping || !canSpill else { return false }
            if canSpill {
                // Later inputs must not overtake those that went the other way.
                if state.isSpilling, state.local > 0 || !state.inputs.isEmpty { return false }
                state.isSpilling = state.local >= Self.localLimit
                if state.isSpilling { return false }
            }
            state.inputs.append(input)
            if input.isLocal { state.local += 1 }
            return true
        }
        if isTaken { signal() }
        return isTaken
    }

    /// Sends messages of other partitions through the broker from now on, which keeps them for the next host, because
    /// this one stops.
    func stopOffers() {
        state.withLock { $0.isStopping = true }
    }

    /// Refuses further inputs, and returns those that will not be taken. Inputs from the intake stay, to be withdrawn.
    func close() -> [PartitionInput] {
        state.withLock { state in
            func isShared(_ input: PartitionInput) -> Bool { input.receipt.share != nil }
            let all = Array(state.heldBack) + Array(state.inputs)
            state.isClosed = true
            state.heldBack = []
            state.inputs = Deque(all.filter(isShared))
            state.local = 0
            return all.filter { !isShared($0) }
        }
    }

    /// Whether the mailbox will not be emptied any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Puts inputs back in front of all others: they were taken and did not take effect.
    func putBack(_ inputs: [PartitionInput]) {
        state.withLock { state in
            state.inputs.prepend(contentsOf: state.heldBack)
            state.heldBack = []
            state.inputs.prepend(contentsOf: inputs)
            state.local += inputs.count { $0.isLocal }
        }
    }

    /// Withdraws the inputs from the intake's subscription, in their order; also from a closed mailbox.
    ///
    /// - Parameter share: the share in which their receipts are counted.
    func withdraw(_ share: IntakeShare) -> [PartitionInput] {
        state.withLock { state in
            let all = Array(state.heldBack) + Array(state.inputs)
            state.heldBack.removeAll { $0.receipt.share === share }
            state.inputs.removeAll { $0.receipt.share === share }
            return all.filter { $0.receipt.share === share }
        }
    }

    /// The number of inputs from the intake's subscription that are here.
    func count(of share: IntakeShare) -> Int {
        state.withLock { state in
            state.heldBack.count { $0.receipt.share === share } + state.inputs.count { $0.receipt.share === share }
        }
    }

    /// Takes the first inputs. Without `intake`, inputs from outside are held back; later they are first, in their
    /// order.
    ///
    /// - Parameter bytes: the size of messages from which on nothing more is taken: what is taken together becomes one
    ///   commit.
    func take(most count: Int, bytes: Int = 8 << 20, intake: Bool = true) -> [PartitionInput] {
        state.withLock { state in
            var part: [PartitionInput] = []
            var size = 0
            func isFull() -> Bool { part.count >= count || size >= bytes }
            func add(_ input: PartitionInput) {
                size += input.content.bodyBytes
                part.append(input)
            }
            defer { state.local -= part.count { $0.isLocal } }
            if intake {
                if !state.heldBack.isEmpty {
                    state.inputs.prepend(contentsOf: state.heldBack)
                    state.heldBack = []
                }
                for input in state.inputs {
                    if isFull() { break }
                    add(input)
                }
                state.inputs.removeFirst(part.count)
                return part
            }
            while !isFull(), let input = state.inputs.popFirst() {
                if input.isIntake { state.heldBack.append(input) } else { add(input) }
            }
            return part
        }
    }

    /// Whether there is nothing to take.
    var isEmpty: Bool { state.withLock { $0.inputs.isEmpty } }

    /// The number of inputs that wait.
    var count: Int { state.withLock { $0.heldBack.count + $0.inputs.count } }

    /// Makes the partition check whether there is something to do.
    func signal() {
        // The wake-up is counted before the partition can have handled it.
        unseen?.begin()
        let (isNew, sleeper) = state.withLock { state -> (Bool, UnsafeContinuation<Bool, Never>?) in
            // A wake-up that is on its way finds what this one is about as well.
            guard state.isAttended, !state.isSignalled else { return (false, nil) }
            state.isSignalled = true
            return (true, state.sleeper.take())
        }
        if !isNew { unseen?.end() }
        sleeper?.resume(returning: true)
    }

    /// Ends wake-ups, until they are begun again.
    func endWakeUps() {
        let (sleeper, wasSignalled) = state.withLock { state in
            defer { (state.isAttended, state.isSignalled) = (false, false) }
            return (state.sleeper.take(), state.isSignalled)
        }
        sleeper?.resume(returning: false)
        if wasSignalled { unseen?.end() }
    }

    /// Notes that a wake-up has arrived, and that its receiver is about to check.
    func awoke() {
        let wasSignalled = state.withLock { state in
            defer { state.isSignalled = false }
            return state.isSignalled
        }
        if wasSignalled { unseen?.end() }
    }
}
