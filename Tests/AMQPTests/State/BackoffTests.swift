import Testing

@testable import AMQP

@Suite("Backing off")
struct BackoffTests {
    @Test("Pauses stay between a tenth of the limit and the limit, which doubles up to the maximum")
    func growth() {
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        var generator = SystemRandomNumberGenerator()
        for limit in [100, 200, 400, 800, 1000, 1000] + Array(repeating: 1000, count: 40) {
            let pause = backoff.next(using: &generator)
            #expect(pause >= .milliseconds(limit) / 10 && pause <= .milliseconds(limit))
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .milliseconds(100))
    }
}
