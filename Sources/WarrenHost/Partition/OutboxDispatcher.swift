import AMQP
import Logging
import Synchronization
import Warren
import WarrenMessaging

/// Sends what a partition has committed until it is safe elsewhere, then says which rows can go.
///
/// A message that was refused or whose fate is unknown is sent again with growing pauses. A message that no queue takes is
/// treated by its kind: a reply has nobody left to read it; a work item waits for its activity's queue and fails its
/// task in the end; everything else points at a damaged hub and is tried until it is mended.
final class OutboxDispatcher: Sendable {
    /// Messages of one step, written together.
    struct Row: Sendable {
        var id: Int64
        var messages: [OutboundMessage]

        /// What it takes up in the window: its bodies, and half a kilobyte of properties for each.
        var size: OutboxWindow.Size {
            OutboxWindow.Size(
                id: id, messages: messages.count, bytes: messages.reduce(0) { $0 + $1.body.count + 512 })
        }
    }

    private struct State {
        /// Which rows are on their way, and which wait in the store.
        var window: OutboxWindow
        var settled: [Int64] = []
        var retries: [Retry] = []
        var isRetrySet = false
        var isSettleSet = false
        var isSilent = false
        /// Whether the processor waits for every row that can go.
        var isAwaited = false
    }

    /// A message to send again.
    private struct Retry {
        var row: Int64
        var message: OutboundMessage
        var attempt: Int
        /// When a queue for it was first missing.
        var missingSince: Timestamp?
    }

    private let state: Mutex<State>
    private let transport: any MessageTransport
    private let clock: any HostClock
    private let unknownActivityGrace: Duration
    private let settleDelay: Duration
    private let local: LocalRouter
    private let partitionExchange: String
    private let activityExchange: String
    private let logger: Logger
    /// Told of rows that can be removed, and of work items that nobody can take.
    private let mailbox: PartitionMailbox
    private let wire: PartitionWire
    private let alarms: Alarms

    /// The alarms, made after the dispatcher that they call.
    private final class Alarms: Sendable {
        let retry: any HostAlarm
        let settle: any HostAlarm

        init(retry: any HostAlarm, settle: any HostAlarm) {
            self.retry = retry
            self.settle = settle
        }
    }

    /// A dispatcher of one partition.
    ///
    /// - Parameter wire: reads the correlation IDs of work items, and has the last word on what leaves the process.
    init(
        names: TaskHubName, transport: any MessageTransport, clock: any HostClock, local: LocalRouter,
        mailbox: PartitionMailbox, unknownActivityGrace: Duration, settleDelay: Duration,
        window: OutboxWindow.Limits = .unlimited, wire: PartitionWire, logger: Logger
    ) {
        state = Mutex(State(window: OutboxWindow(window)))
        self.transport = transport
        self.clock = clock
        self.local = local
        self.mailbox = mailbox
        self.unknownActivityGrace = unknownActivityGrace
        self.settleDelay = settleDelay
        self.wire = wire
        self.logger = logger
        partitionExchange = names.partitionExchange
        activityExchange = names.activityExchange
        let hook = WeakHook()
        alarms = Alarms(
            retry: clock.makeAlarm { hook.dispatcher?.sendRetries() },
            settle: clock.makeAlarm { hook.dispatcher?.flushSettled() })
        hook.dispatcher = self
    }

    /// Lets the alarms call a dispatcher that they do not keep alive.
    ///
    /// `@unchecked`: set once, in `init`, before any alarm is; weak references are read atomically.
    private final class WeakHook: @unchecked Sendable {
        weak var dispatcher: OutboxDispatcher?
    }

    /// Sends rows in order, or leaves them in the store until there is room. Called in the order of the commits.
    func send(_ rows: [Row]) {
        let count = state.withLock { state in
            let count = state.window.committed(rows.lazy.map(\.size))
            return state.isSilent ? 0 : count
        }
        guard count > 0 else { return }
        send(rows.prefix(count))
        let isWanting = state.withLock { state in
            state.window.handedOver()
            return state.window.wantsRows
        }
        if isWanting { mailbox.signal() }
    }

    /// Rows up to this one are in the store from before.
    func recovered(through id: Int64, isEmpty: Bool) {
        state.withLock { $0.window.recovered(through: id, isEmpty: isEmpty) }
    }

    /// Sends rows that wait in the store, as far as there is room for them. Called by the processor when it is woken.
    ///
    /// - Parameter read: rows after one, oldest first.
    func sendWaiting(_ read: (_ after: Int64) throws -> [Row]) rethrows {
        while let after = state.withLock({ $0.isSilent ? nil : $0.window.beginLoad() }) {
            // What is committed meanwhile waits behind these, so that order holds.
            defer { state.withLock { $0.window.endLoad() } }
            let rows = try read(after)
            let count = state.withLock { state in
                let count = state.window.loaded(rows.lazy.map(\.size))
                return state.isSilent ? 0 : count
            }
            send(rows.prefix(count))
        }
    }

    /// The broker takes nothing from publishers, or does again. Meanwhile rows stay in the store.
    func block(_ isBlocked: Bool) {
        state.withLock { $0.window.block(isBlocked) }
        // Stopping does not wait for a blocked broker; rows that waited are read again.
        mailbox.signal()
    }

    /// Whether the processor is to hear of every row that can be removed, and not only of the last one.
    func report(everyRow isAwaited: Bool) {
        state.withLock { $0.isAwaited = isAwaited }
    }

    private func send(_ rows: ArraySlice<Row>) {
        publish(rows.flatMap { row in row.messages.map { Retry(row: row.id, message: $0, attempt: 0) } })
    }

    /// A message of a row took effect with another partition of this process.
    func settleMessage(of row: Int64) {
        settle([row])
        local.ended()
    }

    /// A message of a row will not take effect with another partition of this process, which has ended: the broker keeps
    /// it for the next host.
    func handOn(_ message: InboundMessage, of row: Int64) {
        local.ended()
        guard !state.withLock({ $0.isSilent }) else { return }
        let outbound = OutboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        publish([Retry(row: row, message: outbound, attempt: 0)])
    }

    /// Whether a host that stops has nothing to wait for: all is safe, or the broker takes nothing. Messages that end with
    /// this process are sent again from the store in any case.
    var isIdle: Bool {
        state.withLock { $0.settled.isEmpty && ($0.window.isIdle || !transport.outlivesProcess) }
    }

    /// Stops sending and reporting. What is not safe stays in the store.
    func silence() {
        state.withLock { state in
            state.isSilent = true
            state.retries = []
        }
        alarms.retry.set(to: nil)
        alarms.settle.set(to: nil)
    }

    private func publish(_ messages: [Retry]) {
        // Messages between partitions of this process skip the broker.
        let remote = messages.filter { message in
            message.message.exchange != partitionExchange
                || !local.deliver(message.message, receipt: .local(self, row: message.row))
        }
        guard !remote.isEmpty else { return }
        transport.publish(remote.map { wire.outgoing($0.message) }) { [weak self] outcomes in
            self?.conclude(remote, outcomes)
        }
    }

    private func conclude(_ messages: [Retry], _ outcomes: [PublishOutcome]) {
        var done: [Int64] = []
        done.reserveCapacity(messages.count)
        var again: [Retry] = []
        for (message, outcome) in zip(messages, outcomes) {
            switch outcome {
            case .confirmed: done.append(message.row)
            case .returned(let code, let text):
                if message.message.exchange.isEmpty || !message.message.isMandatory {
                    logger.debug(
                        "A reply found no reader", metadata: ["queue": "\(message.message.routingKey)"])
                    done.append(message.row)
                } else if let retry = retryOfReturned(message, code: code, text: text) {
                    again.append(retry)
                }
            case .refused, .unknown:
                var retry = message
                retry.attempt += 1
                again.append(retry)
            }
        }
        if !done.isEmpty { settle(done) }
        if !again.isEmpty { schedule(again) }
    }

    /// What to do with a message that has no queue; `nil` when the partition was told that it has none.
    private func retryOfReturned(_ message: Retry, code: Int, text: String) -> Retry? {
        var retry = message
        retry.attempt += 1
        let now = clock.now
        let since = message.missingSince ?? now
        retry.missingSince = since
        if message.message.exchange == activityExchange, now.duration(since: since) >= unknownActivityGrace,
            let token = message.message.properties.correlationID.flatMap(wire.token)
        {
            local.began()
            mailbox.add(
                PartitionInput(
                    .undeliverable(token, activity: message.message.routingKey),
                    receipt: .local(self, row: message.row)))
            return nil
        }
        if message.attempt == 0 {
            logger.warning(
                "No queue takes a message; trying on",
                metadata: [
                    "exchange": "\(message.message.exchange)", "key": "\(message.message.routingKey)",
                    "code": "\(code)", "text": "\(text)",
                ])
        }
        return retry
    }

    private func schedule(_ retries: [Retry]) {
        let attempt = retries.map(\.attempt).max() ?? 1
        let mustSet = state.withLock { state in
            guard !state.isSilent else { return false }
            state.retries.append(contentsOf: retries)
            defer { state.isRetrySet = true }
            return !state.isRetrySet
        }
        guard mustSet else { return }
        // 50 ms, doubled up to 2 s, and up to half as much again, so that hosts do not come all at once.
        let base = min(2_000, 50 << min(attempt - 1, 6))
        let pause = Duration.milliseconds(base + Int.random(in: 0...(base / 2)))
        alarms.retry.set(to: clock.now.advanced(by: pause))
    }

    private func sendRetries() {
        let retries = state.withLock { state in
            let retries = state.retries
            state.retries = []
            state.isRetrySet = false
            return retries
        }
        publish(retries)
    }

    private func settle(_ rows: [Int64]) {
        let isIdle = state.withLock { state in
            for row in rows where state.window.settle(row) { state.settled.append(row) }
            guard !state.isSilent, !state.isSettleSet, !state.settled.isEmpty else { return false }
            guard state.window.isEmpty || state.isAwaited || state.window.wantsRows else { return false }
            // Setting an alarm costs a system call: it is set once, not at every confirm.
            state.isSettleSet = settleDelay != .zero
            return true
        }
        // Under load, rows are removed by the next commit; when nothing is on its way, soon.
        if isIdle {
            if settleDelay == .zero {
                mailbox.signal()
            } else {
                alarms.settle.set(to: clock.now.advanced(by: settleDelay))
            }
        }
    }

    private func flushSettled() {
        let mustSignal = state.withLock { state in
            state.isSettleSet = false
            return !state.settled.isEmpty
        }
        if mustSignal { mailbox.signal() }
    }

    /// The rows that can be removed, once.
    func takeSettled() -> [Int64] {
        state.withLock { state in
            let settled = state.settled
            state.settled = []
            return settled
        }
    }
}
