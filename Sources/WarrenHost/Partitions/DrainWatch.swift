import Synchronization
import Warren

/// Detects that further waiting for a broker is useless: no message to be sent was confirmed for a while.
final class DrainWatch: Sendable {
    private struct State {
        var isBegun = false
        var isOver = false
        var hasProgressed = false
    }

    private let state = Mutex(State())
    private let clock: any HostClock
    private let patience: Duration
    private let alarm: Mutex<(any HostAlarm)?> = Mutex(nil)

    /// - Parameter tell: called when the wait is over, on any thread.
    init(clock: any HostClock, patience: Duration, tell: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.patience = patience
        let alarm = clock.makeAlarm { [weak self] in
            if self?.rang() == true { tell() }
        }
        self.alarm.withLock { $0 = alarm }
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// Begins the wait, unless it has begun.
    func begin() {
        let isFirst = state.withLock { state in
            defer { state.isBegun = true }
            return !state.isBegun
        }
        if isFirst { set() }
    }

    /// Notes that a message was confirmed.
    func progressed() { state.withLock { $0.hasProgressed = true } }

    func end() { alarm.withLock { $0?.set(to: nil) } }

    private func set() {
        alarm.withLock { $0?.set(after: patience) }
    }

    private func rang() -> Bool {
        let isOver = state.withLock { state in
            state.isOver = !state.hasProgressed
            state.hasProgressed = false
            return state.isOver
        }
        if !isOver { set() }
        return isOver
    }
}
