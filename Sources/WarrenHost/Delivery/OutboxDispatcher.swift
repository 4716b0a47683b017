import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Sends what a partition has committed until it is safe elsewhere, then reports which rows can be removed.
///
/// A message that does not arrive is handled by the cause:
/// - its fate is unknown: it is sent again with growing pauses, and after a while alone, so that a message that makes
///   the broker close channels is found;
/// - it is a reply without a queue: no reader is left for it, and it is done;
/// - its destination accepts nothing (full, missing, no permission): the destination is parked, see `OutboxParking`. A
///   work item thus waits for its activity's queue and fails its task in the end; everything else is tried until the
///   hub is repaired;
/// - the message itself cannot be sent: it is given up, the instance that waits for it is notified, and its row is set
///   aside.
final class OutboxDispatcher: Sendable {
    let state: Mutex<State>
    let transport: any MessageTransport
    let clock: any HostClock
    let local: LocalRouter
    /// Takes work items that need not go through the broker; `nil` if all are to.
    let activities: LocalActivities?
    /// Counts what `activities` have of this partition.
    let share = LocalShare()
    let logger: Logger
    /// The mailbox that is notified of rows that can be removed, and of messages that cannot be delivered.
    let mailbox: PartitionMailbox
    let wire: PartitionWire
    let alarms: Alarms
    let unknownActivityGrace: Duration
    let activityExchange: String
    private let settleDelay: Duration
    let partitionExchange: String
    let parked: ParkedDestinations
    let partition: Int
    private let metrics: HostMetrics
    let random: RandomSource

    /// The number of attempts with unknown fate after which a message is sent alone.
    private static let attemptsInCompany = 3

    /// The alarms, made after the dispatcher that they call.
    final class Alarms: Sendable {
        let retry: any HostAlarm
        let settle: any HostAlarm
        let probe: any HostAlarm

        init(retry: any HostAlarm, settle: any HostAlarm, probe: any HostAlarm) {
            self.retry = retry
            self.settle = settle
            self.probe = probe
        }
    }

    /// Makes a dispatcher for one partition.
    ///
    /// - Parameters:
    ///   - wire: reads the correlation IDs of work items, and makes the final changes to messages that leave the
    ///     process.
    ///   - activities: take work items of this process past the broker.
    ///   - parked: collects the destinations that accept nothing; shared by the partitions of a host.
    ///   - random: varies the pauses.
    init(
        names: TaskHubName, transport: any MessageTransport, clock: any HostClock, local: LocalRouter,
        mailbox: PartitionMailbox, unknownActivityGrace: Duration, settleDelay: Duration,
        window: OutboxWindow.Limits = .unlimited, wire: PartitionWire, activities: LocalActivities? = nil,
        parked: ParkedDestinations = ParkedDestinations(), partition: Int = 0, random: RandomSource = .system,
        metrics: HostMetrics = .none, logger: Logger
    ) {
        state = Mutex(State(window: OutboxWindow(window)))
        self.transport = transport
        self.clock = clock
        self.local = local
        self.activities = activities
        self.mailbox = mailbox
        self.unknownActivityGrace = unknownActivityGrace
        self.settleDelay = settleDelay
        self.wire = wire
        self.parked = parked
        self.partition = partition
        self.random = random
        self.metrics = metrics
        self.logger = logger
        partitionExchange = names.partitionExchange
        activityExchange = names.activityExchange
        let hook = WeakHook()
        alarms = Alarms(
            retry: clock.makeAlarm { hook.dispatcher?.sendRetries() },
            settle: clock.makeAlarm { hook.dispatcher?.flushSettled() },
            probe: clock.makeAlarm { hook.dispatcher?.probeRang() })
        hook.dispatcher = self
    }

    /// A reference by which alarms call a dispatcher without keeping it alive.
    ///
    /// `@unchecked`: set once, in `init`, before any alarm is; weak references are read atomically.
    private final class WeakHook: @unchecked Sendable {
        weak var dispatcher: OutboxDispatcher?
    }

    /// Sends rows in order, or leaves them in the store until there is room. Call it in the order of the commits.
    func send(_ rows: [Row]) {
        let (sendings, isPublishing) = state.withLock { state in
            state.take(rows) { window, sizes in window.committed(sizes) }
        }
        guard isPublishing else { return }
        publish(sendings)
        let isWanting = state.withLock { state in
            state.window.published()
            return state.window.wantsRows || state.hasTurns
        }
        noteParked()
        if isWanting { mailbox.signal() }
    }

    /// Notes that rows up to this one are in the store from an earlier process.
    func recovered(through id: Int64, isEmpty: Bool) {
        state.withLock { state in
            state.window.recovered(through: id, isEmpty: isEmpty)
            state.lastRecovered = id
        }
    }

    /// Sends rows that wait in the store while there is room for them. The processor calls it when it is woken.
    ///
    /// - Parameters:
    ///   - read: reads the rows after one, oldest first.
    ///   - row: reads one row, or returns `nil` if it is not in the store.
    func sendWaiting(
        _ read: (_ after: Int64) async throws -> [Row], row: (Int64) async throws -> Row?
    ) async rethrows {
        // The number is bounded, because rows for parked destinations take no room and the processor has other work
        // than to read them.
        var turns = 0
        while turns < 16, let after = state.withLock({ $0.isSilent ? nil : $0.window.beginLoad() }) {
            turns += 1
            // Rows that are committed meanwhile wait behind these, so that order holds.
            defer { state.withLock { $0.window.endLoad() } }
            let rows = try await read(after)
            let (sendings, _) = state.withLock { state in
                state.take(rows) { window, sizes in window.loaded(sizes) }
            }
            publish(sendings)
        }
        try await sendParked(row)
        noteParked()
        if state.withLock({ !$0.isSilent && $0.window.wantsRows }) { mailbox.signal() }
    }

    /// Notes whether the broker accepts nothing from publishers. While it does not, rows stay in the store.
    func block(_ isBlocked: Bool) {
        state.withLock { $0.window.block(isBlocked) }
        // A stop does not wait for a blocked broker; rows that waited are read again.
        mailbox.signal()
    }

    /// Sets whether the processor is notified of every row that can be removed, and not only of the last one.
    func report(everyRow isAwaited: Bool) {
        state.withLock { $0.isAwaited = isAwaited }
    }

    /// The number of rows that wait for a destination that accepts nothing.
    var parkedRows: Int { state.withLock { $0.ledger.parkedRows } }

    /// Whether a host that stops has nothing to wait for: all is safe, or the broker accepts nothing. Messages that end
    /// with this process are sent again from the store in any case.
    var isIdle: Bool {
        state.withLock {
            // The next owner runs again the work that this process runs past the broker.
            let here = share.count
            return $0.settled.isEmpty && $0.setAside.isEmpty
                && ($0.window.isIdle(besides: here) || !transport.outlivesProcess)
        }
    }

    /// Stops sending and reporting. Messages that are not safe stay in the store.
    func silence() {
        state.withLock { state in
            state.isSilent = true
            state.retries = []
            state.suspects = []
        }
        alarms.retry.set(to: nil)
        alarms.settle.set(to: nil)
        alarms.probe.set(to: nil)
        parked.report([], of: partition)
    }

    /// Returns the rows that can be removed, once.
    func takeSettled() -> [Int64] {
        state.withLock { state in
            let settled = state.settled
            state.settled = []
            return settled
        }
    }

    /// Returns the rows with a message that could not be sent, each with the reason, once. All their other messages are
    /// safe.
    func takeSetAside() -> [(row: Int64, reason: String)] {
        state.withLock { state in
            let setAside = state.setAside
            state.setAside = []
            return setAside
        }
    }

    // MARK: - Publishing

    /// - Parameter staysHere: whether messages to this process may skip the broker.
    func publish(_ sendings: [Sending], staysHere: Bool = true) {
        let remote = staysHere ? deliver(sendings) : sendings
        guard !remote.isEmpty else { return }
        let now = clock.now
        transport.publish(remote.map { wire.outgoing($0.message.encoded, at: now) }) { [weak self] outcomes in
            self?.conclude(remote, outcomes)
        }
    }

    private func conclude(_ sendings: [Sending], _ outcomes: [PublishOutcome]) {
        var done: [MessageReference] = []
        done.reserveCapacity(sendings.count)
        var again: [Sending] = []
        for (sending, outcome) in zip(sendings, outcomes) {
            switch outcome.verdict {
            case .confirmed: done.append(sending.reference)
            case .missing(let code, let text):
                if sending.message.isUnawaited {
                    logger.debug(
                        "A reply found no reader", metadata: [LogKey.queue: "\(sending.message.routingKey)"])
                    leaveOpen(sending)
                    done.append(sending.reference)
                } else if !park(sending, .missing, "\(code) \(text)") {
                    again.append(sending)
                }
            case .full:
                if !park(sending, .full, "the broker refuses it: the queue is full or broken") { again.append(sending) }
            case .denied(let text):
                if !park(sending, .denied, text) { again.append(sending) }
            case .invalid(let code, let text): giveUp(sending, .init(code: code, text: text))
            case .tooLarge(let bytes, let limit): giveUp(sending, .init(bytes: bytes, limit: limit))
            case .unconfirmed(let patience):
                if !park(sending, .full, Self.silence(patience)) { again.append(sending) }
            case .unknown: again.append(sending)
            }
        }
        if !done.isEmpty {
            noteConfirmed(sendings, outcomes)
            end(done, .settled)
        }
        if !again.isEmpty { schedule(again) }
        noteParked()
    }

    /// Notifies the instance that waits for a message that it cannot be sent.
    func giveUp(_ sending: Sending, _ fault: UnsendableMessage.Fault) {
        logger.error(
            "A message cannot be sent; it is set aside",
            metadata: [
                LogKey.exchange: "\(sending.message.exchange)", LogKey.key: "\(sending.message.routingKey)",
                LogKey.reason: "\(fault)",
            ])
        leaveOpen(sending)
        state.withLock { state in
            state.ledger.settle(sending.reference.row, sending.reference.index, setAside: fault.description)
        }
        local.began()
        mailbox.add(
            PartitionInput(
                .unsendable(UnsendableMessage(message: sending.message.encoded, fault: fault)),
                receipt: .local(self, sending.reference)))
    }

    private func schedule(_ sendings: [Sending]) {
        metrics.outboxRetried(sendings.count)
        let attempt = (sendings.map(\.attempt).max() ?? 0) + 1
        let mustSet = state.withLock { state in
            guard !state.isSilent else { return false }
            state.retries += sendings.map { sending in
                var sending = sending
                sending.attempt += 1
                return sending
            }
            defer { state.isRetrySet = true }
            return !state.isRetrySet
        }
        guard mustSet else { return }
        alarms.retry.set(after: Backoff.publishing.pause(afterAttempt: attempt, random: random.fraction()))
    }

    private func sendRetries() {
        let (company, mustBegin, waiting) = state.withLock { state -> ([Sending], Bool, [MessageReference]) in
            let waiting = state.takeWaiting(\.retries)
            let retries = state.retries
            state.retries = []
            state.isRetrySet = false
            state.suspects += retries.filter { $0.attempt >= Self.attemptsInCompany }
            let mustBegin = !state.isSendingAlone && !state.suspects.isEmpty
            if mustBegin { state.isSendingAlone = true }
            return (retries.filter { $0.attempt < Self.attemptsInCompany }, mustBegin, waiting)
        }
        end(waiting, .parked)
        publish(company)
        if mustBegin { sendNextAlone() }
    }

    /// Sends suspects one after the other, each over a channel of its own.
    private func sendNextAlone() {
        let (next, waiting) = state.withLock { state -> (Sending?, [MessageReference]) in
            let waiting = state.takeWaiting(\.suspects)
            if !state.isSilent, !state.suspects.isEmpty { return (state.suspects.removeFirst(), waiting) }
            state.isSendingAlone = false
            return (nil, waiting)
        }
        end(waiting, .parked)
        guard let next else { return }
        transport.publishAlone(wire.outgoing(next.message.encoded, at: clock.now)) { [weak self] outcome in
            self?.conclude([next], [outcome])
            self?.sendNextAlone()
        }
    }

    // MARK: - Settling

    /// Notes that messages are not on their way any more.
    func end(_ references: [MessageReference], _ fate: Fate) {
        let isIdle = state.withLock { state in
            for reference in references {
                if fate == .settled { state.ledger.settle(reference.row, reference.index) }
                guard state.window.settle(reference.row) else { continue }
                switch state.ledger.end(reference.row) {
                case .settled: state.settled.append(reference.row)
                case .setAside(let reason): state.setAside.append((reference.row, reason))
                case .parked, nil: break
                }
            }
            guard !state.isSilent, !state.isSettleSet else { return false }
            if !state.setAside.isEmpty { return true }
            // A closed gate may open when rows are parked.
            guard
                !state.settled.isEmpty || state.isAwaited || state.window.wantsRows || state.parking.hasTurns
                    || state.mustSetProbe
            else { return false }
            guard state.window.isEmpty || state.isAwaited || state.window.wantsRows || !state.parking.isEmpty else {
                return false
            }
            // Setting an alarm costs a system call: it is set once, not at every confirm.
            state.isSettleSet = settleDelay != .zero
            return true
        }
        // Under load, the next commit removes the rows; when nothing is on its way, they are removed soon.
        if isIdle {
            if settleDelay == .zero {
                mailbox.signal()
            } else {
                alarms.settle.set(after: settleDelay)
            }
        }
    }

    /// The reason why a message is not on its way any more.
    enum Fate { case settled, parked }

    private func flushSettled() {
        state.withLock { $0.isSettleSet = false }
        mailbox.signal()
    }

    /// Notes that the alarm for the next probe fired: it is not set any more.
    private func probeRang() {
        state.withLock { $0.probeTime = nil }
        mailbox.signal()
    }
}

extension OutboxMessage {
    /// Whether its loss is harmless if no queue takes it: it is a reply to a caller that is gone.
    fileprivate var isUnawaited: Bool { exchange.isEmpty || !isMandatory }
}
