import Testing

@testable import AMQP

@Suite("Heartbeats")
struct HeartbeatMonitorTests {
    private let start = ContinuousClock.now

    @Test("One is due after half an interval without sending; the peer is dead after two without a byte")
    func times() {
        var monitor = HeartbeatMonitor(interval: .seconds(10), now: start)
        #expect(monitor.check(at: start + .seconds(4)) == .none)
        #expect(monitor.deadline == start + .seconds(5))
        #expect(monitor.check(at: start + .seconds(5)) == .send)
        monitor.sent(at: start + .seconds(5))
        #expect(monitor.check(at: start + .seconds(9)) == .none)
        monitor.sent(at: start + .seconds(19))
        #expect(monitor.deadline == start + .seconds(20))
        #expect(monitor.check(at: start + .seconds(20)) == .giveUp)
        monitor.received(at: start + .seconds(20))
        #expect(monitor.check(at: start + .seconds(20)) == .none)
    }

    @Test("Without an interval nothing is ever due")
    func off() {
        let monitor = HeartbeatMonitor(interval: .zero, now: start)
        #expect(monitor.deadline == nil)
        #expect(monitor.check(at: start + .seconds(1_000_000)) == .none)
    }
}
