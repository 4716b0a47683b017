import Warren
import WarrenHost

/// A clock that is wrong by a fixed time.
struct ShiftedClock: HostClock {
    let shift: Duration
    private let clock = SystemHostClock()

    init(ahead shift: Duration) { self.shift = shift }

    var now: Timestamp { clock.now.advanced(by: shift) }

    func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        Alarm(shift: shift, alarm: clock.makeAlarm(isAnswered: isAnswered, handler))
    }

    private final class Alarm: HostAlarm {
        private let shift: Duration
        private let alarm: any HostAlarm

        init(shift: Duration, alarm: any HostAlarm) {
            self.shift = shift
            self.alarm = alarm
        }

        func set(to time: Timestamp?) { alarm.set(to: time?.advanced(by: .zero - shift)) }
        func set(after pause: Duration) { alarm.set(after: pause) }
        func answered() { alarm.answered() }
    }
}
