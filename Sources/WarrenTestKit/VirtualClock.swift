import Synchronization
package import Warren
package import WarrenHost

/// A clock that moves only on request, so that a test of thirty days takes milliseconds.
package final class VirtualClock: HostClock {
    fileprivate struct State {
        var now: Timestamp
        var alarms: [ObjectIdentifier: Entry] = [:]
        var nextOrder = 0
        /// Alarms that fired and are not answered.
        var ringing: Set<ObjectIdentifier> = []
        var waiting: [UnsafeContinuation<Void, Never>] = []
        var observer: (@Sendable (Timestamp) -> Void)?
    }

    fileprivate struct Entry {
        var time: Timestamp
        var order: Int
        var alarm: VirtualAlarm
    }

    fileprivate let state: Mutex<State>

    /// Makes a clock that stands at a time.
    package init(_ start: Timestamp) {
        state = Mutex(State(now: start))
    }

    package var now: Timestamp { state.withLock { $0.now } }

    package func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        VirtualAlarm(clock: self, isAnswered: isAnswered, handler: handler)
    }

    /// Calls an observer with the time of each alarm that is set from now on. It must return quickly.
    package func observeAlarms(_ observer: @escaping @Sendable (Timestamp) -> Void) {
        state.withLock { $0.observer = observer }
    }

    /// The time at which the next alarm fires.
    package var next: Timestamp? {
        state.withLock { state in state.alarms.values.map(\.time).min() }
    }

    /// Moves to a time, and fires one alarm if one is set to it or before. Returns whether one fired.
    package func move(to time: Timestamp) -> Bool {
        let alarm = state.withLock { state -> VirtualAlarm? in
            let first = state.alarms.values.min { ($0.time, $0.order) < ($1.time, $1.order) }
            guard let first, first.time <= time else {
                state.now = max(state.now, time)
                return nil
            }
            state.now = max(state.now, first.time)
            state.alarms[ObjectIdentifier(first.alarm)] = nil
            if first.alarm.isAnswered { state.ringing.insert(ObjectIdentifier(first.alarm)) }
            return first.alarm
        }
        alarm?.handler()
        return alarm != nil
    }

    /// Moves to a time and fires nothing: the next alarm is late, as in a process that stood still.
    package func jump(to time: Timestamp) { state.withLock { $0.now = max($0.now, time) } }

    /// Whether every alarm that fired is answered.
    package var isAnswered: Bool { state.withLock { $0.ringing.isEmpty } }

    /// Waits until every alarm that fired is answered.
    package func answered() async {
        await withUnsafeContinuation { continuation in
            let isDone = state.withLock { state in
                if !state.ringing.isEmpty { state.waiting.append(continuation) }
                return state.ringing.isEmpty
            }
            if isDone { continuation.resume() }
        }
    }
}

/// An alarm of a virtual clock.
final class VirtualAlarm: HostAlarm {
    private let clock: VirtualClock
    fileprivate let isAnswered: Bool
    fileprivate let handler: @Sendable () -> Void

    fileprivate init(clock: VirtualClock, isAnswered: Bool, handler: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.isAnswered = isAnswered
        self.handler = handler
    }

    func set(to time: Timestamp?) {
        let observer = clock.state.withLock { state -> (@Sendable (Timestamp) -> Void)? in
            guard let time else {
                state.alarms[ObjectIdentifier(self)] = nil
                return nil
            }
            state.alarms[ObjectIdentifier(self)] = VirtualClock.Entry(
                time: time, order: state.nextOrder, alarm: self)
            state.nextOrder += 1
            return state.observer
        }
        if let time { observer?(time) }
    }

    func set(after pause: Duration) { set(to: clock.now.advanced(by: pause)) }

    func answered() {
        let waiting = clock.state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard state.ringing.remove(ObjectIdentifier(self)) != nil, state.ringing.isEmpty else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
