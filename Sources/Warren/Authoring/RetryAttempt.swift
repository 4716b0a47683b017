/// A failed attempt of a call, as the `retryIf` handler of its ``RetryPolicy`` sees it.
public struct RetryAttempt: Sendable, Hashable {
    /// The number of the attempt that failed, from 1.
    public var attempt: Int
    /// The failure.
    public var failure: FailureDetails
    /// The time since the first attempt was asked for, on the orchestration's clock.
    public var elapsed: Duration

    /// A failed attempt.
    public init(attempt: Int, failure: FailureDetails, elapsed: Duration) {
        self.attempt = attempt
        self.failure = failure
        self.elapsed = elapsed
    }
}
