import DequeModule
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Reports to the orchestrator's host that long activities are still running.
///
/// Once an activity has run for `leases.after`, its worker sends a heartbeat that asks for a lease; when that message is
/// safe, the work item is acknowledged. From then on the lease, not the broker, brings the item to another worker if
/// this one dies. A worker that stops in good order returns its items, and they are dispatched again at once. Short
/// activities cost two changes of a dictionary and no timer.
final class LeaseKeeper: Sendable {
    private struct Running {
        var call: WorkCall
        var delivery: WorkDelivery
        var wire: WorkerWire
        /// Whether the last heartbeat is not confirmed yet. Another one would add nothing, and while the broker is
        /// unreachable they would pile up.
        var isBeatOnItsWay = false
        /// Whether a heartbeat has been sent.
        var hasBeaten = false
        /// Whether a heartbeat has arrived.
        var isLeased = false
    }

    private struct State {
        var running: [UInt64: Running] = [:]
        /// The next beats, earliest first; those of ended activities are skipped.
        var order: Deque<(number: UInt64, beat: Timestamp)> = []
        var next: UInt64 = 0
        var alarm: (any HostAlarm)?
        /// The time to which the alarm is set. Both change together, under the lock, because otherwise a caller with an
        /// older view could silence an alarm that has just been set; setting an alarm calls no handler.
        var alarmTime: Timestamp? {
            didSet { if alarmTime != oldValue { alarm?.set(to: alarmTime) } }
        }

        mutating func insert(_ number: UInt64, at beat: Timestamp) {
            // The search starts from the end, because most beats are later than all others.
            let place = order.lastIndex { $0.beat <= beat }.map { $0 + 1 } ?? order.startIndex
            order.insert((number, beat), at: place)
        }
    }

    private let state = Mutex(State())
    private let clock: any HostClock
    private let leaseAfter: Duration
    private let lease: Duration
    private let publisher: ReliablePublisher
    private let slots: ActivitySlots

    init(
        clock: any HostClock, leaseAfter: Duration, lease: Duration, publisher: ReliablePublisher, slots: ActivitySlots
    ) {
        self.clock = clock
        self.leaseAfter = leaseAfter
        self.lease = lease
        self.publisher = publisher
        self.slots = slots
        let alarm = clock.makeAlarm { [weak self] in self?.beat() }
        state.withLock { $0.alarm = alarm }
    }

    /// Notes that an activity begins.
    func begin(_ call: WorkCall, _ delivery: WorkDelivery, wire: WorkerWire) -> UInt64 {
        let beat = clock.now.advanced(by: leaseAfter)
        return state.withLock { state in
            let number = state.next
            state.next += 1
            state.running[number] = Running(call: call, delivery: delivery, wire: wire)
            state.insert(number, at: beat)
            state.alarmTime = min(state.alarmTime ?? beat, beat)
            return number
        }
    }

    /// Notes that an activity has ended. Returns whether its place counts as leased.
    func end(_ number: UInt64) -> Bool {
        state.withLock { state in
            let ended = state.running.removeValue(forKey: number)
            while let first = state.order.first, state.running[first.number] == nil { state.order.removeFirst() }
            return ended?.isLeased ?? false
        }
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
            publisher.publish([running.wire.result(.released, of: running.call)]) { end in
                if end == .confirmed { running.delivery.acknowledge() }
                isReleased.set(())
            }
            return isReleased
        }
        for isReleased in released { await isReleased.value }
    }

    private func beat() {
        let now = clock.now
        let due = state.withLock { state in
            var due: [(UInt64, Running)] = []
            while let first = state.order.first, first.beat <= now {
                state.order.removeFirst()
                guard let running = state.running[first.number] else { continue }
                state.insert(first.number, at: now.advanced(by: lease / 3))
                if running.isBeatOnItsWay { continue }
                state.running[first.number]?.isBeatOnItsWay = true
                state.running[first.number]?.hasBeaten = true
                due.append((first.number, running))
            }
            // The alarm that fired is not set any more.
            state.alarmTime = nil
            state.alarmTime = state.order.first?.beat
            return due
        }
        for (number, running) in due {
            let message = running.wire.result(.heartbeat(lease: lease), of: running.call)
            publisher.publish([message]) { [weak self] end in self?.beatEnded(number, running.delivery, end) }
        }
    }

    private func beatEnded(_ number: UInt64, _ delivery: WorkDelivery, _ end: ReliablePublisher.End) {
        let isFirst = state.withLock { state in
            guard let running = state.running[number] else { return false }
            state.running[number]?.isBeatOnItsWay = false
            guard end == .confirmed, !running.isLeased else { return false }
            state.running[number]?.isLeased = true
            return true
        }
        guard isFirst else { return }
        slots.lease()
        delivery.acknowledgeLeased()
    }
}
