import AMQPMessages
import DequeModule
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Reports to the orchestrator's host that activities are running, and how far they are; and ends those that are not
/// wanted any more.
///
/// Once an activity has run for `leases.after`, its worker sends a heartbeat that asks for a lease; when that message is
/// safe, the work item is acknowledged. From then on the lease, not the broker, brings the item to another worker if
/// this one dies. A worker that stops in good order returns its items, and they are dispatched again at once. Short
/// activities cost two changes of a dictionary and no timer.
///
/// The first heartbeat is sent at once for a call with time limits that count from its beginning, and when the activity's code
/// reports how far it is. For a call with a limit between heartbeats only the code's own reports are sent: the limit is
/// about the code, not about the worker.
final class LeaseKeeper: Sendable {
    private struct Running {
        var run: ActivityRun
        /// The time of the next beat; `nil` if only the code causes one.
        var nextBeat: Timestamp?
        /// The time of the last one that was sent.
        var lastBeat: Timestamp?
        /// The newest details, and whether the code has reported anything that is not sent yet.
        var details: Payload?
        var hasNews = false
        /// Whether the last heartbeat is not confirmed yet. Another one would add nothing, and while the broker is
        /// unreachable they would pile up.
        var isBeatOnItsWay = false
        /// Whether a heartbeat has arrived.
        var isLeased = false

        /// Whether a heartbeat has been sent.
        var hasBeaten: Bool { lastBeat != nil }
        var limit: Duration? { run.call.item.timeouts.heartbeat }
    }

    private struct State {
        var running: [UInt64: Running] = [:]
        /// The next beats, earliest first; those of ended activities, and those that were moved, are skipped.
        var order: Deque<(number: UInt64, beat: Timestamp)> = []
        var next: UInt64 = 0
        var canceled = CanceledCalls()
        var alarm: (any HostAlarm)?
        /// The time to which the alarm is set. Both change together, under the lock, because otherwise a caller with an
        /// older view could silence an alarm that has just been set; setting an alarm calls no handler.
        var alarmTime: Timestamp? {
            didSet { if alarmTime != oldValue { alarm?.set(to: alarmTime) } }
        }

        /// Sets the next beat of an activity, unless an earlier one is set.
        mutating func schedule(_ number: UInt64, at beat: Timestamp) {
            guard let running = running[number], running.nextBeat.map({ beat < $0 }) ?? true else { return }
            self.running[number]?.nextBeat = beat
            wake(number, at: beat)
        }

        mutating func wake(_ number: UInt64, at beat: Timestamp) {
            // The search starts from the end, because most beats are later than all others.
            let place = order.lastIndex { $0.beat <= beat }.map { $0 + 1 } ?? order.startIndex
            order.insert((number, beat), at: place)
            alarmTime = min(alarmTime ?? beat, beat)
        }
    }

    /// What remains of an activity that has ended.
    struct Ended {
        /// Whether its place counts as leased.
        var wasLeased: Bool
        /// Details that have not been sent.
        var details: Payload?
    }

    private let state = Mutex(State())
    private let clock: any HostClock
    private let wire: WorkerWire
    private let leaseAfter: Duration
    private let lease: Duration
    private let publisher: ReliablePublisher
    private let slots: ActivitySlots
    /// The queue in which this worker can be told that a call was given up; `nil` if it has none.
    private let queue = Mutex<String?>(nil)

    /// The time between two reports of an activity's code, at least: a message and a row for each.
    private static let reportInterval = Duration.seconds(5)

    init(
        clock: any HostClock, wire: WorkerWire, leaseAfter: Duration, lease: Duration, publisher: ReliablePublisher,
        slots: ActivitySlots
    ) {
        self.clock = clock
        self.wire = wire
        self.leaseAfter = leaseAfter
        self.lease = lease
        self.publisher = publisher
        self.slots = slots
        let alarm = clock.makeAlarm { [weak self] in self?.beat() }
        state.withLock { $0.alarm = alarm }
    }

    /// Names the queue in which this worker can be reached, from now on.
    func name(_ queue: String) { self.queue.withLock { $0 = queue } }

    /// Notes that an activity begins.
    ///
    /// - Returns: `nil` if the call was given up before.
    func begin(_ call: WorkCall, _ delivery: WorkDelivery) -> ActivityRun? {
        let limits = call.item.timeouts
        let isReported = limits.scheduleToStart != nil || limits.startToClose != nil || limits.heartbeat != nil
        let beat = isReported ? nil : clock.now.advanced(by: leaseAfter)
        let begun = state.withLock { state -> ActivityRun? in
            guard !state.canceled.contains(call) else { return nil }
            let run = ActivityRun(call, delivery, number: state.next, keeper: self)
            state.next += 1
            state.running[run.number] = Running(run: run, nextBeat: beat)
            if let beat { state.wake(run.number, at: beat) }
            return run
        }
        if isReported, let begun { send(begun.number) }
        return begun
    }

    /// Notes that an activity has ended.
    func end(_ number: UInt64) -> Ended {
        state.withLock { state in
            let ended = state.running.removeValue(forKey: number)
            while let first = state.order.first, state.running[first.number] == nil { state.order.removeFirst() }
            return Ended(
                wasLeased: ended?.isLeased ?? false, details: ended?.hasNews == true ? ended?.details : nil)
        }
    }

    /// Cancels the activities that a cancellation is about, and remembers it if none of them runs here.
    func cancel(_ cancellation: WorkCancellation) {
        let runs = state.withLock { state in
            let runs = state.running.filter { cancellation.concerns($0.value.run.call) }.sorted { $0.key < $1.key }
                .map(\.value.run)
            if runs.isEmpty { state.canceled.add(cancellation.subject) }
            return runs
        }
        for run in runs { run.cancel() }
    }

    /// Returns the items that only a lease would bring to another worker. Their activities continue without
    /// supervision.
    ///
    /// The call ends when the messages that return the items are safe, or cannot become so any more.
    func releaseAll() async {
        let leased = state.withLock { state in
            let numbers = state.running.filter(\.value.hasBeaten).keys.sorted()
            // Their activities may end meanwhile, and must still be known then.
            for number in numbers { state.running[number]?.isBeatOnItsWay = true }
            return numbers.compactMap { state.running[$0] }
        }
        let released = leased.map { running in
            let isReleased = OneShot<Void>()
            var messages: [OutboundMessage] = []
            // The next worker begins where this one is.
            if running.hasNews, let details = running.details { messages.append(heartbeat(of: running, details)) }
            messages.append(wire.result(.released, of: running.run.call))
            publisher.publish(messages) { end in
                if end == .confirmed { running.run.delivery.acknowledge() }
                isReleased.set(())
            }
            return isReleased
        }
        for isReleased in released { await isReleased.value }
    }

    // MARK: - Beats

    /// Takes a report of an activity's code.
    func report(_ number: UInt64, _ details: Payload?) {
        let now = clock.now
        let isDue = state.withLock { state -> Bool in
            guard var running = state.running[number] else { return false }
            // Without details there is nothing to say but that the worker lives, which it says anyway.
            guard details != nil || running.limit != nil else { return false }
            if let details { running.details = details }
            running.hasNews = true
            state.running[number] = running
            return schedule(number, &state, now)
        }
        if isDue { send(number) }
    }

    /// Plans the heartbeat for what the code has reported.
    ///
    /// - Returns: whether it is due now.
    private func schedule(_ number: UInt64, _ state: inout State, _ now: Timestamp) -> Bool {
        guard let running = state.running[number], running.hasNews, !running.isBeatOnItsWay else { return false }
        guard let last = running.lastBeat else { return true }
        let due = last.advanced(by: min((running.limit ?? lease) / 3, Self.reportInterval))
        if due <= now { return true }
        state.schedule(number, at: due)
        return false
    }

    private func beat() {
        let now = clock.now
        let due = state.withLock { state in
            var due: [UInt64] = []
            while let first = state.order.first, first.beat <= now {
                state.order.removeFirst()
                guard let running = state.running[first.number], running.nextBeat == first.beat else { continue }
                state.running[first.number]?.nextBeat = nil
                due.append(first.number)
            }
            // The alarm that fired is not set any more.
            state.alarmTime = nil
            state.alarmTime = state.order.first?.beat
            return due
        }
        for number in due { send(number) }
    }

    /// Sends a heartbeat, and plans the next one.
    private func send(_ number: UInt64) {
        let now = clock.now
        let sending = state.withLock { state -> Running? in
            guard let running = state.running[number] else { return nil }
            if running.limit == nil { state.schedule(number, at: now.advanced(by: lease / 3)) }
            if running.isBeatOnItsWay { return nil }
            state.running[number]?.isBeatOnItsWay = true
            state.running[number]?.hasNews = false
            state.running[number]?.lastBeat = now
            return running
        }
        guard let sending else { return }
        let message = heartbeat(of: sending, sending.hasNews ? sending.details : nil)
        publisher.publish([message]) { [weak self] end in self?.beatEnded(number, sending.run.delivery, end) }
    }

    private func heartbeat(of running: Running, _ details: Payload?) -> OutboundMessage {
        wire.result(
            .heartbeat(lease: running.limit ?? lease, details: details, worker: queue.withLock { $0 }),
            of: running.run.call)
    }

    private func beatEnded(_ number: UInt64, _ delivery: WorkDelivery, _ end: ReliablePublisher.End) {
        let now = clock.now
        let (isFirst, isDue) = state.withLock { state -> (Bool, Bool) in
            guard let running = state.running[number] else { return (false, false) }
            state.running[number]?.isBeatOnItsWay = false
            // The code may have reported something meanwhile.
            let isDue = schedule(number, &state, now)
            guard end == .confirmed, !running.isLeased else { return (false, isDue) }
            state.running[number]?.isLeased = true
            return (true, isDue)
        }
        if isDue { send(number) }
        guard isFirst else { return }
        slots.lease()
        delivery.acknowledgeLeased()
    }
}
