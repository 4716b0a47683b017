import DequeModule
import Synchronization

/// What waits for a partition: filled from any thread, emptied by its processor.
///
/// Its size is bounded by the prefetch of the queues that feed it: an input's message is acknowledged only after the
/// input took effect. The box outlives its processor: what is in it waits for the next one.
final class PartitionMailbox: Sendable {
    private struct State {
        var inputs: Deque<PartitionInput> = []
        /// Intake that came while none was taken; older than what of it is in `inputs`.
        var heldBack: Deque<PartitionInput> = []
        var wake: AsyncStream<Void>.Continuation?
        /// Whether a wake-up is on its way.
        var isSignalled = false
        /// Whether nobody will empty the box any more.
        var isClosed = false
    }

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

    /// Adds inputs in order. With `quietly`, the processor is not woken: they wait for something that matters.
    func add(_ inputs: some Sequence<PartitionInput>, quietly: Bool = false) {
        state.withLock { $0.inputs.append(contentsOf: inputs) }
        if !quietly { signal() }
    }

    func add(_ input: PartitionInput, quietly: Bool = false) {
        add(CollectionOfOne(input), quietly: quietly)
    }

    /// Adds an input that has another way to go if nobody empties this box any more: then `false`.
    func offer(_ input: PartitionInput) -> Bool {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.inputs.append(input) }
            return !state.isClosed
        }
        if isOpen { signal() }
        return isOpen
    }

    /// Refuses what is offered from now on, and returns what nobody will take.
    func close() -> [PartitionInput] {
        state.withLock { state in
            defer { (state.isClosed, state.inputs, state.heldBack) = (true, [], []) }
            return Array(state.heldBack) + Array(state.inputs)
        }
    }

    /// Puts inputs back in front of all others: they were taken and did not take effect.
    func putBack(_ inputs: [PartitionInput]) {
        state.withLock { state in
            state.inputs.prepend(contentsOf: state.heldBack)
            state.heldBack = []
            state.inputs.prepend(contentsOf: inputs)
        }
    }

    /// Removes what says that commits are durable, and returns how many those were. Whoever takes over has not made them.
    func takeCommitted() -> Int {
        state.withLock { state in
            let count = state.inputs.count
            state.inputs.removeAll { if case .committed = $0.kind { true } else { false } }
            return count - state.inputs.count
        }
    }

    /// Takes what came first. Without `intake`, what is from outside is set aside; later it comes first, in its order.
    func take(most count: Int, intake: Bool = true) -> [PartitionInput] {
        state.withLock { state in
            if intake {
                if !state.heldBack.isEmpty {
                    state.inputs.prepend(contentsOf: state.heldBack)
                    state.heldBack = []
                }
                let part = Array(state.inputs.prefix(count))
                state.inputs.removeFirst(part.count)
                return part
            }
            var part: [PartitionInput] = []
            while part.count < count, let input = state.inputs.popFirst() {
                if input.isIntake { state.heldBack.append(input) } else { part.append(input) }
            }
            return part
        }
    }

    /// Whether there is nothing to take.
    var isEmpty: Bool { state.withLock { $0.inputs.isEmpty } }

    /// Makes the processor look whether there is something to do.
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

    /// A wake-up has arrived, and its receiver is about to look.
    func awoke() {
        let wasSignalled = state.withLock { state in
            defer { state.isSignalled = false }
            return state.isSignalled
        }
        if wasSignalled { unseen?.end() }
    }
}
