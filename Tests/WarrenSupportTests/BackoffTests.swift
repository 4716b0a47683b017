import Testing
import WarrenSupport

@Suite("Backing off")
struct BackoffTests {
    @Test("Limits grow by the factor up to the ceiling, however many attempts fail")
    func growth() {
        let backoff = Backoff(first: .milliseconds(50), ceiling: .seconds(2))
        let pauses = (1...8).map { backoff.pause(afterAttempt: $0, random: 0.5) }
        #expect(pauses == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
        #expect(backoff.pause(afterAttempt: .max, random: 0) == .seconds(2))
        #expect(backoff.pause(afterAttempt: .min, random: 0) == .milliseconds(50))
        let tripling = Backoff(first: .seconds(1), factor: 3, ceiling: .seconds(20))
        #expect((1...4).map { tripling.pause(afterAttempt: $0, random: 0) } == [1, 3, 9, 20].map { .seconds($0) })
    }

    @Test("A pause lies within the jitter of its limit, where the random number places it")
    func jitter() {
        let backoff = Backoff(first: .milliseconds(100), ceiling: .seconds(1), jitter: 0.5...1.5)
        #expect(backoff.pause(afterAttempt: 1, random: 0) == .milliseconds(50))
        #expect(backoff.pause(afterAttempt: 1, random: 0.5) == .milliseconds(100))
        #expect(backoff.pause(afterAttempt: 5, random: 1) == .milliseconds(1500))
    }

    @Test("A series goes on from pause to pause, and begins again after a reset")
    func series() {
        var backoff = Backoff(first: .milliseconds(100), ceiling: .seconds(1), jitter: 0.1...1)
        var generator = SystemRandomNumberGenerator()
        for limit in [100, 200, 400, 800, 1000, 1000] + Array(repeating: 1000, count: 40) {
            let pause = backoff.next(using: &generator)
            #expect(pause >= .milliseconds(limit) / 10 && pause <= .milliseconds(limit))
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .milliseconds(100))
    }

    @Test("What cannot grow does not keep the caller busy")
    func still() {
        #expect(Backoff(first: .zero, ceiling: .seconds(1)).pause(afterAttempt: .max, random: 1) == .zero)
        let constant = Backoff(first: .seconds(1), factor: 1, ceiling: .seconds(5))
        #expect(constant.pause(afterAttempt: .max, random: 1) == .seconds(1))
    }
}
