/// Decides when to send a heartbeat, and when the peer is dead.
///
/// Every byte counts as a sign of life, not only heartbeat frames. A heartbeat is sent when nothing was sent for half
/// an interval; the peer is given up after two silent intervals (AMQP 0-9-1 specification, section 4.2.7).
struct HeartbeatMonitor {
    enum Action: Equatable {
        case none
        case send
        case giveUp
    }

    /// `.zero`: no heartbeats in either direction.
    let interval: Duration
    private var lastSent: ContinuousClock.Instant
    private var lastReceived: ContinuousClock.Instant

    init(interval: Duration, now: ContinuousClock.Instant) {
        self.interval = interval
        lastSent = now
        lastReceived = now
    }

    mutating func received(at now: ContinuousClock.Instant) { lastReceived = now }

    mutating func sent(at now: ContinuousClock.Instant) { lastSent = now }

    /// The time at which `check` has to be called at the latest.
    var deadline: ContinuousClock.Instant? {
        interval == .zero ? nil : min(lastSent + interval / 2, lastReceived + interval * 2)
    }

    func check(at now: ContinuousClock.Instant) -> Action {
        if interval == .zero { return .none }
        if now >= lastReceived + interval * 2 { return .giveUp }
        return now >= lastSent + interval / 2 ? .send : .none
    }
}
