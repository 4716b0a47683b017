/// Growing pauses between attempts, each drawn at random from zero up to a limit that doubles.
///
/// Full jitter keeps many clients that lost the same broker from coming back in step (AWS Architecture Blog,
/// "Exponential Backoff And Jitter").
package struct Backoff: Sendable, Hashable {
    /// The limit of the first pause.
    package var initial: Duration
    /// The limit that is never exceeded.
    package var maximum: Duration
    private var attempt = 0

    package init(initial: Duration = .milliseconds(100), maximum: Duration = .seconds(10)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// Forgets earlier failures.
    package mutating func reset() { attempt = 0 }

    /// The next pause.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let limit = min(initial * (1 << min(attempt, 20)), maximum)
        attempt += 1
        // Never quite zero: a broker that refuses at once must not be hammered.
        return limit * Double.random(in: 0.1...1, using: &generator)
    }
}
