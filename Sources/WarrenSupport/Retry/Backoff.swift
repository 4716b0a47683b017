/// Computes pauses between attempts: each limit is a multiple of the one before, up to a ceiling, and each pause is
/// drawn at random around its limit.
///
/// Jitter keeps many processes that lost the same broker from reconnecting at the same time (AWS Architecture Blog,
/// "Exponential Backoff And Jitter").
package struct Backoff: Sendable, Hashable {
    /// The limit of the first pause.
    package let first: Duration
    /// The factor from one limit to the next.
    package let factor: Int
    /// The limit that is never exceeded.
    package let ceiling: Duration
    /// The share of its limit that a pause takes, at least and at most. `1...1` is without jitter.
    package let jitter: ClosedRange<Double>
    /// The number of pauses that `next` has returned since the beginning or the last reset.
    private var given = 0

    /// - Parameter factor: 1 or more.
    package init(first: Duration, factor: Int = 2, ceiling: Duration, jitter: ClosedRange<Double> = 1...1) {
        self.first = first
        self.factor = max(factor, 1)
        self.ceiling = ceiling
        self.jitter = jitter
    }

    /// The pause after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: the number of the failed attempt, from 1.
    ///   - random: a number from 0 to 1 that places the pause within the jitter.
    package func pause(afterAttempt attempt: Int, random: Double) -> Duration {
        var limit = min(first, ceiling)
        var left = attempt
        // Ends at the ceiling, after some dozens of rounds at the most: a factor of 1 multiplies nothing.
        while left > 1, limit < ceiling, factor > 1, limit > .zero {
            limit = min(limit * factor, ceiling)
            left -= 1
        }
        guard jitter.lowerBound < jitter.upperBound else { return limit * jitter.lowerBound }
        return limit * (jitter.lowerBound + (jitter.upperBound - jitter.lowerBound) * random)
    }

    /// The pause after a failed attempt, drawn from a generator.
    package func pause(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        pause(afterAttempt: attempt, random: .random(in: 0...1, using: &generator))
    }

    /// The pause after a failed attempt, drawn from the system's generator.
    package func pause(afterAttempt attempt: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return pause(afterAttempt: attempt, using: &generator)
    }

    /// The next pause of a series.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        given = min(given, .max - 1) + 1
        return pause(afterAttempt: given, using: &generator)
    }

    /// The next pause of a series, drawn from the system's generator.
    package mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    /// Begins the series again.
    package mutating func reset() { given = 0 }
}
