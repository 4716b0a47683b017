import DequeModule
import Synchronization
import Warren
import WarrenMessaging

/// Tells the orchestrator's host that long activities are still running.
///
/// Once an activity has run for `leaseAfter`, its worker says so with a heartbeat that asks for a lease; when that
/// message is safe, the work item is acknowledged. From then on the lease, not the broker, brings the item to another
/// worker if this one dies. Short activities cost two changes of a dictionary and no timer.
final class LeaseKeeper: Sendable {
    private struct Running {
        var call: WorkCall
        var delivery: WorkDelivery
        var wire: WorkerWire
        var nextBeat: Timestamp
        /// Whether a heartbeat is on its way. While the broker takes none, no more are put behind it.
        var isBeating = false
    }

    private struct State {
        var running: [UInt64: Running] = [:]
        /// Numbers in the order of their next beats; those of ended activities are skipped.
        var order: Deque<(number: UInt64, beat: Timestamp)> = []
        var next: UInt64 = 0
        var isSet = false
        var alarm: (any HostAlarm)?
    }

    private let state = Mutex(State())
    private let clock: any HostClock
    private let leaseAfter: Duration
    private let lease: Duration
    private let publisher: ReliablePublisher

    init(clock: any HostClock, leaseAfter: Duration, lease: Duration, publisher: ReliablePublisher) {
        self.clock = clock
        self.leaseAfter = leaseAfter
        self.lease = lease
        self.publisher = publisher
        let alarm = clock.makeAlarm { [weak self] in self?.beat() }
        state.withLock { $0.alarm = alarm }
    }

    /// An activity begins.
    func begin(_ call: WorkCall, _ delivery: WorkDelivery, wire: WorkerWire) -> UInt64 {
        let beat = clock.now.advanced(by: leaseAfter)
        let (number, alarm) = state.withLock { state -> (UInt64, (any HostAlarm)?) in
            let number = state.next
            state.next += 1
            state.running[number] = Running(call: call, delivery: delivery, wire: wire, nextBeat: beat)
            state.order.append((number, beat))
            defer { state.isSet = true }
            return (number, state.isSet ? nil : state.alarm)
        }
        alarm?.set(to: beat)
        return number
    }

    /// An activity has ended.
    func end(_ number: UInt64) {
        state.withLock { state in
            state.running[number] = nil
            while let first = state.order.first, state.running[first.number] == nil { state.order.removeFirst() }
        }
    }

    private func beat() {
        let now = clock.now
        let (due, next, alarm) = state.withLock { state -> ([(UInt64, Running)], Timestamp?, (any HostAlarm)?) in
            var due: [(UInt64, Running)] = []
            var later: [(UInt64, Timestamp)] = []
            while let first = state.order.first, first.beat <= now {
                state.order.removeFirst()
                guard var running = state.running[first.number] else { continue }
                if !running.isBeating { due.append((first.number, running)) }
                running.isBeating = true
                running.nextBeat = now.advanced(by: lease / 3)
                state.running[first.number] = running
                later.append((first.number, running.nextBeat))
            }
            // Later beats come sooner than those of activities that have just begun, or later: keep the order.
            for (number, beat) in later {
                let at = state.order.firstIndex { $0.beat > beat } ?? state.order.endIndex
                state.order.insert((number, beat), at: at)
            }
            let next = state.order.first?.beat
            state.isSet = next != nil
            return (due, next, state.alarm)
        }
        alarm?.set(to: next)
        for (number, running) in due {
            let message = running.wire.result(.heartbeat(lease: lease), of: running.call)
            publisher.publish([message]) { [weak self] end in
                self?.state.withLock { $0.running[number]?.isBeating = false }
                if end == .confirmed { running.delivery.acknowledge() }
            }
        }
    }
}
