import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Passes the intake's messages for one partition to that partition, and never lets it take more than its share of the
/// intake's prefetch.
///
/// All partitions share one subscription of `{h}.intake`, so that a publisher's order holds. A partition that takes
/// nothing (its store fails, its file is damaged, too much of what it sent is unconfirmed, it is busy with one
/// instance) would in the end hold every delivery that the subscription may have, and the others would get nothing. So
/// the intake of a partition has three modes:
///
/// - *Direct*: messages go into the partition's mailbox and are acknowledged when they took effect. When their number
///   exceeds a share and the oldest has waited for too long, all that the partition has not begun with are withdrawn.
///   While it has begun with some, that waits a few seconds: these are older, and if the process ended, the intake
///   would deliver them after the messages that are in the detour queue by then.
/// - *Detour*: everything is published, in order, to the partition's detour queue `{h}.partition.NN.intake`, and
///   acknowledged when the broker has it there. That queue has a subscription and a prefetch of its own, apart from the
///   partition's results, which are taken at any time.
/// - *Closing*: order holds because nothing is direct again before the detour queue is empty. A marker is published to
///   it, and returns when everything before it has been delivered. If messages went behind it meanwhile, another one is
///   published, and later messages wait here, up to a share of them; further ones take the detour, behind yet another
///   marker.
///
/// A message in the detour queue has the same form as in the partition's table of held messages: the command, decided,
/// and the message as received, so that nothing in an external message (`CC`, `expiration`, `user_id`) acts again; only
/// a question keeps its `expiration`.
///
/// After a restart the detour is used until a marker has returned, if the flight record says that it was in use before
/// or if the queue is not empty. Both are checked: the record may be lost with a power failure, and a queue without a
/// leader may look empty.
///
/// A partition that moves between hosts (`Tenure.changing`, `PartitionIntake+Tenure.swift`) has an intake on every host,
/// and its owner alone reads its detour queue. Where it is not owned, everything takes the detour.
final class PartitionIntake: Sendable {
    enum Mode: Sendable, Hashable { case direct, detour, closing }

    /// Whether the partition can come and go.
    enum Tenure: Sendable, Hashable {
        /// It belongs to this process for as long as that runs. A closed mailbox means that its file is damaged.
        case lasting
        /// It belongs to this process between `attach` and `detach`, and to another one, or none yet, at other times.
        case changing
    }

    struct State {
        var mode = Mode.direct
        /// `nil` for a partition that does not run in this process at present.
        var mailbox: PartitionMailbox?
        /// The mailbox of the last ownership: a call of `detach` finds there what was put back after the first.
        var former: PartitionMailbox?
        /// Whether the mailbox gets nothing more, because the partition is about to leave.
        var isHalted = false
        /// Whether nothing is published until it has left: what it has begun with may come back, and is older.
        var isHolding = false
        /// The messages that wait behind a marker.
        var waiting: [PartitionInput] = []
        /// The messages to publish, in order.
        var pending: [PartitionInput] = []
        var isPublishing = false
        /// The marker that is on its way; `behindMarker` counts the messages that went behind it.
        var marker: Int?
        var lastMarker = 0
        var behindMarker = 0

        /// Whether a partition empties the mailbox.
        var isOpen: Bool { mailbox.map { !$0.isClosed } ?? false }
    }

    /// The time that the oldest may wait while the partition has begun with some: one that is busy for longer must not
    /// delay the others.
    static let longPatience = Duration.seconds(6)

    /// The time that the oldest delivery may wait before those beyond the share take the detour.
    static let patience = Duration.seconds(1)
    /// The number of messages that are published together.
    private static let batch = 128

    let partition: Int
    let share = IntakeShare()
    let tenure: Tenure
    private let limit: Int
    private let canDetour: Bool
    let wire: DetourWire
    private let publisher: ReliablePublisher
    /// Records beyond the end of the process whether the detour is in use.
    let remember: @Sendable (Bool) -> Void
    /// The clock of time that really passes.
    let steady: @Sendable () -> ContinuousClock.Instant
    let logger: Logger
    let state: Mutex<State>

    /// - Parameters:
    ///   - mailbox: with the tenure `lasting`, `nil` for a partition that cannot run in this process; with `changing`,
    ///     `nil`: `attach` follows.
    ///   - limit: the partition's share of the intake's prefetch.
    ///   - isDetoured: whether the detour is used at first.
    ///   - canDetour: whether the transport keeps messages whatever happens to their reader.
    ///   - steady: returns the time by which patience is measured.
    init(
        partition: Int, mailbox: PartitionMailbox?, tenure: Tenure = .lasting, limit: Int, isDetoured: Bool,
        canDetour: Bool = true, wire: DetourWire, publisher: ReliablePublisher,
        remember: @escaping @Sendable (Bool) -> Void,
        steady: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, logger: Logger
    ) {
        self.partition = partition
        self.tenure = tenure
        self.limit = max(1, limit)
        self.canDetour = canDetour
        self.wire = wire
        self.publisher = publisher
        self.remember = remember
        self.steady = steady
        self.logger = logger
        var state = State(mailbox: mailbox)
        if isDetoured || mailbox == nil { state.mode = .detour }
        self.state = Mutex(state)
        if isDetoured, mailbox != nil { pump() }
    }

    var mode: Mode { state.withLock { $0.mode } }

    /// Whether the partition has stopped for good: its file is damaged, and no other host takes its place.
    var isStopped: Bool { tenure == .lasting && !isHere }

    /// Whether the partition runs in this process, and is not about to leave it.
    var isHere: Bool { state.withLock { $0.isOpen && !$0.isHalted } }

    /// Answers questions about what is committed; `nil` if the partition has to be asked in turn.
    var desk: PartitionQueries? { state.withLock { $0.isHalted ? nil : $0.mailbox }?.desk }

    /// Receives deliveries of the intake, in order.
    func receive(_ inputs: [PartitionInput], at time: ContinuousClock.Instant? = nil) {
        let now = time ?? steady()
        share.add(inputs.count, at: now)
        state.withLock { state in
            switch state.mode {
            // The mailbox is filled under the lock: later messages must not get in before.
            case .direct: state.mailbox?.add(inputs)
            case .detour: state.pending += inputs
            case .closing:
                state.waiting += inputs
                if state.waiting.count > limit {
                    state.pending += state.waiting
                    state.waiting = []
                    state.mode = .detour
                }
            }
        }
        look(now)
        pump()
    }

    /// Whether another look is needed after a while.
    var isFull: Bool { state.withLock { $0.mode == .direct || $0.isHolding } && share.count >= limit }

    private enum Finding { case nothing, isStuck, hasLeft }

    /// Begins the detour if the partition takes too little, or nothing any more.
    func look(_ now: ContinuousClock.Instant) {
        let finding = state.withLock { state -> Finding in
            guard canDetour else { return .nothing }
            if tenure == .changing, state.mailbox != nil, !state.isOpen, state.mode != .detour || state.isHolding {
                // The partition has ended, and `detach` follows. What it had begun with is in the mailbox again.
                restart(&state)
                state.isHolding = false
                return .hasLeft
            }
            if state.isHolding {
                guard share.count >= limit, let oldest = share.oldest, now - oldest >= Self.longPatience else {
                    return .nothing
                }
                state.isHolding = false
                return .isStuck
            }
            guard state.mode == .direct else { return .nothing }
            if state.isOpen {
                guard share.count >= limit, let oldest = share.oldest, now - oldest >= Self.patience else {
                    return .nothing
                }
                let hasBegun = state.mailbox.map { $0.count(of: share) < share.count } ?? false
                if hasBegun, now - oldest < Self.longPatience { return .nothing }
            }
            remember(true)
            state.mode = .detour
            state.pending += state.mailbox?.withdraw(share) ?? []
            return .isStuck
        }
        switch finding {
        case .nothing: return
        case .hasLeft: return pump()
        case .isStuck: break
        }
        logger.warning(
            """
            A partition takes little or nothing; what comes for it waits in a queue of its own, so that the others go on
            """, metadata: [LogKey.partition: "\(partition)"])
        pump()
    }

    /// Handles the return of a marker of this process by the detour queue: everything before it has been delivered.
    func returned(marker: Int) {
        let isOver = state.withLock { state in
            guard marker == state.marker else { return false }
            state.marker = nil
            let isEmpty = state.behindMarker == 0 && state.pending.isEmpty && !state.isPublishing
            // What has left this host does not begin anew here.
            guard tenure == .lasting || state.isOpen else { return false }
            guard isEmpty else {
                if state.mode == .detour { state.mode = .closing }
                return false
            }
            state.mode = .direct
            remember(false)
            state.mailbox?.add(state.waiting)
            state.waiting = []
            return true
        }
        if isOver {
            logger.log(
                level: tenure == .changing ? .debug : .notice,
                "The partition takes what comes for it directly again", metadata: [LogKey.partition: "\(partition)"])
        }
        pump()
    }

    private enum Next {
        case nothing
        case messages([PartitionInput])
        case marker(Int)
    }

    /// Publishes the next messages, one batch after the other: if two were on their way, the first could be refused and
    /// end up behind the second.
    func pump() {
        let next = state.withLock { state -> Next in
            guard state.mode != .direct, !state.isPublishing, !state.isHolding else { return .nothing }
            if !state.pending.isEmpty {
                let batch = Array(state.pending.prefix(Self.batch))
                state.pending.removeFirst(batch.count)
                state.isPublishing = true
                if state.marker != nil { state.behindMarker += batch.count }
                return .messages(batch)
            }
            guard state.marker == nil, sendsMarkers(state) else { return .nothing }
            state.lastMarker += 1
            state.marker = state.lastMarker
            state.behindMarker = 0
            return .marker(state.lastMarker)
        }
        switch next {
        case .nothing: break
        case .marker(let number):
            publisher.publish([wire.marker(number, partition: partition)]) { [weak self] end in
                if end == .unroutable { self?.complain() }
            }
        case .messages(let batch):
            publisher.publish(batch.compactMap { wire.encode($0, partition: partition) }) { [weak self] end in
                self?.published(batch, end)
            }
        }
    }

    /// Whether the direct way can be opened again, at the return of a marker.
    private func sendsMarkers(_ state: State) -> Bool {
        switch tenure {
        case .lasting: state.mailbox != nil
        case .changing: state.isOpen && !state.isHalted
        }
    }

    private func published(_ batch: [PartitionInput], _ end: ReliablePublisher.End) {
        if end == .confirmed { Receipt.settle(batch.map(\.receipt)) }
        // Messages that no queue takes stay unacknowledged: the next host that starts creates the queue.
        if end == .unroutable { complain() }
        state.withLock { $0.isPublishing = false }
        if end != .abandoned { pump() }
    }

    private func complain() {
        logger.error(
            "The queue for what comes for a partition that takes nothing is missing; start the host again, which makes it",
            metadata: [LogKey.partition: "\(partition)"])
    }
}
