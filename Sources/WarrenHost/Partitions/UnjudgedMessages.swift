import AMQPMessages
import Logging
import Synchronization
import WarrenMessaging
import WarrenSupport

/// Handles the messages of a queue in order, and keeps those that cannot be judged yet, because the key of the partition
/// that signed them is not here. They stay unacknowledged, so the queue's prefetch bounds their number, and are handled
/// when the key is added.
final class UnjudgedMessages: Sendable {
    /// A message as it arrived.
    struct Arrival: Sendable {
        let message: InboundMessage
        /// Whether a version that did not sign may have sent it.
        var acceptsUnsigned = false
    }

    /// What must not overtake a message that is kept.
    enum Order: Sendable {
        /// Later messages of the same sender.
        case ofSender
        /// All later messages of the queue.
        case ofQueue
    }

    private struct State {
        var kept: [Arrival] = []
        var channel: UInt64?
        var observer: Int?
        var isTold = false
    }

    private let keys: PartitionKeys
    private let order: Order
    private let logger: Logger
    private let handle: @Sendable ([Arrival]) -> Void
    private let state = Mutex(State())

    /// - Parameter handle: handles messages that can be judged. It is called under a lock, because a thread that adds a
    ///   key and the queue's reader must not overtake each other; it may put messages into mailboxes and publish, and
    ///   must not add keys.
    init(
        keys: PartitionKeys, order: Order, logger: Logger, handle: @escaping @Sendable ([Arrival]) -> Void
    ) {
        self.keys = keys
        self.order = order
        self.logger = logger
        self.handle = handle
    }

    /// Looks at kept messages again from now on whenever a key is added.
    func begin() {
        let observer = keys.observe { [weak self] in self?.look() }
        state.withLock { $0.observer = observer }
    }

    /// Forgets what is kept: the end of the subscription returns it to the queue.
    func end() {
        let observer = state.withLock { state in
            state.kept = []
            return state.observer.take()
        }
        if let observer { keys.remove(observer: observer) }
    }

    /// Handles messages, or keeps them.
    func receive(_ arrivals: [Arrival]) {
        state.withLock { state in
            // What was delivered over an earlier channel is delivered again.
            if let channel = arrivals.last?.message.tag.channel, channel != state.channel {
                state.channel = channel
                state.kept = []
            }
            // This is the case nearly always.
            if state.kept.isEmpty, keys.isComplete { return handle(arrivals) }
            state.kept += arrivals
            sweep(&state)
        }
    }

    private func look() {
        state.withLock { state in
            if !state.kept.isEmpty { sweep(&state) }
        }
    }

    /// Handles what can be judged now and need not wait for something before it.
    private func sweep(_ state: inout State) {
        var ready: [Arrival] = []
        var kept: [Arrival] = []
        // The keys may change meanwhile: a sender that was unknown once stays so until the end.
        var senders: Set<Int> = []
        for arrival in state.kept {
            let missing = keys.missingSender(of: arrival.message)
            if let missing { senders.insert(missing) }
            let isBehind =
                switch order {
                case .ofQueue: !kept.isEmpty
                case .ofSender:
                    !senders.isEmpty
                        && MessageSigner.signature(of: arrival.message).map { senders.contains($0.partition) } ?? false
                }
            if missing != nil || isBehind { kept.append(arrival) } else { ready.append(arrival) }
        }
        state.kept = kept
        if let first = kept.first, !state.isTold {
            state.isTold = true
            logger.warning(
                """
                A message waits in the partition's queue until the partition that sent it is open: its signature \
                cannot be checked before
                """,
                metadata: [
                    LogKey.signature: "\(first.message.properties.headers[WireHeader.signature]?.string ?? "")"
                ])
        }
        if !ready.isEmpty { handle(ready) }
    }
}
