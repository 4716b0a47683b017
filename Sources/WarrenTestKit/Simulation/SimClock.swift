package import Warren
package import WarrenHost

/// The clock of one simulated process: the world's time, plus the error of the machine's clock.
package final class SimClock: HostClock, @unchecked Sendable {
    private static let beginning = Timestamp(microseconds: 1_893_499_200_000_000)

    private let world: SimWorld
    private let life: SimLife
    /// Whether its alarms do not keep the world going.
    private let isIdle: Bool
    private var skew: Int64 = 0
    private var alarms: [Int: SimAlarm] = [:]
    private var lastNumber = 0

    init(_ world: SimWorld, skew: Int64, life: SimLife, isIdle: Bool = false) {
        self.isIdle = isIdle
        self.world = world
        self.skew = skew
        self.life = life
    }

    /// The time of the world at which an exact clock shows a time, in microseconds.
    static func worldTime(of time: Timestamp) -> Int64 { time.microseconds - beginning.microseconds }

    /// Makes a clock that shows the same, with alarms that do not keep the world going.
    func idle() -> SimClock { SimClock(world, skew: skew, life: life, isIdle: true) }

    package var now: Timestamp { Timestamp(microseconds: Self.beginning.microseconds + world.time + skew) }

    package func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        lastNumber += 1
        return SimAlarm(clock: self, number: lastNumber, handler: handler)
    }

    /// Sets the machine's clock, as an operator would.
    package func set(skew: Int64) {
        self.skew = skew
        for (_, alarm) in alarms.sorted(by: { $0.key < $1.key }) {
            if let time = alarm.time { ring(alarm, at: time) }
        }
    }

    /// Stops the alarms, because the process is dead.
    func stop() {
        for alarm in alarms.values { alarm.version += 1 }
        alarms = [:]
    }

    fileprivate func set(_ alarm: SimAlarm, after pause: Duration) {
        alarm.time = nil
        alarm.version += 1
        alarms[alarm.number] = nil
        guard !life.isOver else { return }
        ring(alarm, after: Int64(clamping: Int(pause / .microseconds(1))))
    }

    fileprivate func set(_ alarm: SimAlarm, to time: Timestamp?) {
        alarm.time = time
        alarm.version += 1
        guard let time, !life.isOver else {
            alarms[alarm.number] = nil
            return
        }
        alarms[alarm.number] = alarm
        ring(alarm, at: time)
    }

    private func ring(_ alarm: SimAlarm, at time: Timestamp) {
        let (delay, overflows) = time.microseconds.subtractingReportingOverflow(now.microseconds)
        // An alarm that is centuries away does not fire.
        guard !overflows, delay < 1_000_000_000_000_000 else { return }
        ring(alarm, after: delay)
    }

    private func ring(_ alarm: SimAlarm, after delay: Int64) {
        alarm.version += 1
        let version = alarm.version
        world.after(delay, isIdle: isIdle) { [self] in
            life.run { [self] in
                guard alarm.version == version else { return }
                alarms[alarm.number] = nil
                alarm.time = nil
                alarm.handler()
            }
        }
    }
}

/// An alarm of a simulated clock.
private final class SimAlarm: HostAlarm, @unchecked Sendable {
    let clock: SimClock
    let number: Int
    let handler: @Sendable () -> Void
    var time: Timestamp?
    var version = 0

    init(clock: SimClock, number: Int, handler: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.number = number
        self.handler = handler
    }

    func set(to time: Timestamp?) { clock.set(self, to: time) }

    func set(after pause: Duration) { clock.set(self, after: pause) }

    func answered() {}
}
