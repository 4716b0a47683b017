import Testing

@testable import AMQP

@Suite("Overdue confirms")
struct ConfirmMonitorTests {
    @Test("Publishes are overdue when the oldest of them has been the oldest for the whole patience")
    func overdue() {
        let channel = WatchedChannel()
        #expect(channel.check(0, of: 0, at: 0) == nil && channel.deadline == nil)
        #expect(channel.check(0, of: 3, at: 1) == nil)
        #expect(channel.deadline == channel.start + .seconds(11))
        #expect(channel.check(0, of: 5, at: 10) == nil)
        #expect(channel.check(0, of: 5, at: 11) == 3, "Two were published later.")
        #expect(channel.check(3, of: 5, at: 11) == nil)
        #expect(channel.deadline == channel.start + .seconds(21))
        #expect(channel.check(3, of: 5, at: 21) == 5)
    }

    @Test("Progress begins the time anew, and an empty channel ends it")
    func progress() {
        let channel = WatchedChannel()
        #expect(channel.check(0, of: 6, at: 0) == nil)
        #expect(channel.check(5, of: 6, at: 9) == nil)
        #expect(channel.check(5, of: 6, at: 18) == nil)
        #expect(channel.check(6, of: 6, at: 30) == nil && channel.deadline == nil)
        #expect(channel.check(6, of: 7, at: 40) == nil)
        #expect(channel.check(6, of: 7, at: 50) == 7)
    }

    @Test("Time during which the broker blocks the connection does not count")
    func blocked() {
        let channel = WatchedChannel()
        #expect(channel.check(0, of: 1, at: 0) == nil)
        #expect(channel.check(0, of: 1, isBlocked: true, at: 9) == nil && channel.deadline == nil)
        #expect(channel.check(0, of: 1, isBlocked: true, at: 500) == nil)
        #expect(channel.check(0, of: 1, at: 501) == nil)
        #expect(channel.check(0, of: 1, at: 510) == nil)
        #expect(channel.check(0, of: 1, at: 511) == 1)
    }
}

/// A channel that is watched from a time on, in seconds.
private final class WatchedChannel {
    let start = ContinuousClock.now
    private var monitor = ConfirmMonitor(patience: .seconds(10))

    var deadline: ContinuousClock.Instant? { monitor.deadline }

    func check(_ settled: UInt64, of issued: UInt64, isBlocked: Bool = false, at second: Int) -> UInt64? {
        monitor.check(
            settledThrough: settled, issuedThrough: issued, isBlocked: isBlocked, at: start + .seconds(second))
    }
}
