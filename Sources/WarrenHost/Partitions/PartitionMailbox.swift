import DequeModule
import Synchronization
import WarrenPartition

/// What waits for a partition: filled from any thread, emptied by its partition.
///
/// Its size is bounded by the prefetch of the queues that feed it: an input's message is acknowledged only after the
/// input took effect. Messages of other partitions of the process have a bound of their own (`localLimit`). The box
/// outlives its partition: what is in it waits for the next one.
final class PartitionMailbox: Sendable {
    private struct State {
        var inputs: Deque<PartitionInput> = []
        /// Intake that came while none was taken; older than what of it is in `inputs`.
        var heldBack: Deque<PartitionInput> = []
        /// What commits that became durable were about.
        var committed: [CommittedStep] = []
        var wake: AsyncStream<Void>.Continuation?
        /// Whether a wake-up is on its way.
        var isSignalled = false
        /// Whether nobody will empty the box any more.
        var isClosed = false
        /// Whether messages of other partitions of the process go by the broker.
        var isSpilling = false
        /// Whether the host stops: then they do for good.
        var isStopping = false
        /// How many inputs are in the box that have another way to go.
        var local = 0
    }

    /// How many messages of other partitions wait here at the most; more go by the broker, which keeps them without
    /// keeping their sender from its other work.
    static let localLimit = 2048

    private let state = Mutex(State())
    private let unseen: (any UnseenWork)?

    /// - Parameter unseen: told of wake-ups that are on their way.
    init(unseen: (any UnseenWork)? = nil) {
        self.unseen = unseen
    }

    /// An element for every time that there may be something to take. A second call ends the stream of the first.
    func wakeUps() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let earlier = state.withLock { state in
            let earlier = state.wake
            state.wake = continuation
            return earlier
        }
        earlier?.finish()
        signal()
        return stream
    }

    /// Adds inputs in order. With `quietly`, the partition is not woken: they wait for something that matters.
    func add(_ inputs: some Sequence<PartitionInput>, quietly: Bool = false) {
        state.withLock { $0.inputs.append(contentsOf: inputs) }
        if !quietly { signal() }
    }

    func add(_ input: PartitionInput, quietly: Bool = false) {
        add(CollectionOfOne(input), quietly: quietly)
    }

    /// A commit is durable. The partition is not woken: it hears of it with whatever comes next.
    func add(committed step: CommittedStep) {
        state.withLock { $0.committed.append(step) }
    }

    /// What commits that became durable since the last call were about, in their order.
    func takeCommitted() -> [CommittedStep] {
        state.withLock { state in
            defer { state.committed = [] }
            return state.committed
        }
    }

    /// Adds an input that has another way to go if nobody empties this box any more, or not soon: then `false`.
    ///
    /// - Parameter canSpill: whether the other way keeps the input without its sender.
    func offer(_ input: PartitionInput, canSpill: Bool = false) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, !state.isStopping || !canSpill else { return false }
            if canSpill {
                // Those that went the other way must not be overtaken by those that come later.
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

    /// The host stops: messages of other partitions go by the broker from now on, which keeps them for the next one.
    func stopOffers() {
        state.withLock { $0.isStopping = true }
    }

    /// Refuses what is offered from now on, and returns what nobody will take. What came by the intake stays, to be
    /// withdrawn.
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

    /// Whether nobody will empty the box any more.
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

    /// Takes back what came by the intake's subscription, in its order; also from a box that is closed.
    ///
    /// - Parameter share: what its receipts count for.
    func withdraw(_ share: IntakeShare) -> [PartitionInput] {
        state.withLock { state in
            let all = Array(state.heldBack) + Array(state.inputs)
            state.heldBack.removeAll { $0.receipt.share === share }
            state.inputs.removeAll { $0.receipt.share === share }
            return all.filter { $0.receipt.share === share }
        }
    }

    /// How much of what came by the intake's subscription is here.
    func count(of share: IntakeShare) -> Int {
        state.withLock { state in
            state.heldBack.count { $0.receipt.share === share } + state.inputs.count { $0.receipt.share === share }
        }
    }

    /// Takes what came first. Without `intake`, what is from outside is set aside; later it comes first, in its order.
    func take(most count: Int, intake: Bool = true) -> [PartitionInput] {
        state.withLock { state in
            var part: [PartitionInput] = []
            defer { state.local -= part.count { $0.isLocal } }
            if intake {
                if !state.heldBack.isEmpty {
                    state.inputs.prepend(contentsOf: state.heldBack)
                    state.heldBack = []
                }
                part = Array(state.inputs.prefix(count))
                state.inputs.removeFirst(part.count)
                return part
            }
            while part.count < count, let input = state.inputs.popFirst() {
                if input.isIntake { state.heldBack.append(input) } else { part.append(input) }
            }
            return part
        }
    }

    /// Whether there is nothing to take.
    var isEmpty: Bool { state.withLock { $0.inputs.isEmpty } }

    /// Makes the partition look whether there is something to do.
    func signal() {
        // Counted before anybody can be done with it.
        unseen?.begin()
        let (wake, isCounted) = state.withLock { state in
            defer { if state.wake != nil { state.isSignalled = true } }
            return (state.wake, state.isSignalled || state.wake == nil)
        }
        wake?.yield()
        if isCounted { unseen?.end() }
    }

    /// Nobody waits for wake-ups any more, until somebody asks for them again.
    func endWakeUps() {
        let (wake, wasSignalled) = state.withLock { state in
            defer { (state.wake, state.isSignalled) = (nil, false) }
            return (state.wake, state.isSignalled)
        }
        wake?.finish()
        if wasSignalled { unseen?.end() }
    }

    /// A wake-up has arrived, and its receiver is about to look.
    func awoke() {
        let wasSignalled = state.withLock { state in
            defer { state.isSignalled = false }
            return state.isSignalled
        }
        if wasSignalled { unseen?.end() }
    }
}
