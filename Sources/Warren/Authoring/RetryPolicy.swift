/// The number and the delays of attempts at a call that fails.
///
/// Delays are durable timers: they survive a restart and hold no resources. Every attempt is a call of its own with a
/// number of its own. A failure marked non-retriable ends the attempts at once.
public struct RetryPolicy: Sendable {
    /// The maximum number of attempts, the first included: 1 or more.
    public var maxAttempts: Int
    /// The delay between the first attempt and the second: more than zero.
    public var firstInterval: Duration
    /// The factor by which each delay is longer than the one before: 1 or more.
    public var backoffCoefficient: Double
    /// The longest delay: not shorter than the first. `nil` for six days, or the first delay if that is longer.
    public var maxInterval: Duration?
    /// The time after which no further attempt is made, counted from the first attempt on the orchestration's clock;
    /// `nil` for no limit.
    public var timeout: Duration?
    /// The share by which a delay may be shortened, 0 to 1. The same on every replay: it is derived from the call's
    /// place in the execution, so that a thousand instances do not try again at the same moment.
    public var jitter: Double
    /// The types of failures after which there is no further attempt: those of the failure itself and of its causes
    /// (``FailureDetails/isCaused(by:)``).
    public var nonRetriableTypes: Set<String>
    /// Decides whether to try again after a failure. If it throws, there is no further attempt.
    public var handle: (@Sendable (FailureDetails) throws -> Bool)?
    /// Decides whether to try again, from the failure, the number of the attempt and the time since the first one. It
    /// runs again on replay, so it decides by nothing else: no clock, no random numbers, no shared state. If it throws,
    /// there is no further attempt.
    ///
    /// ```swift
    /// RetryPolicy(maxAttempts: 10, retryIf: { $0.failure.type == "Busy" || $0.attempt < 3 })
    /// ```
    public var retryIf: (@Sendable (RetryAttempt) throws -> Bool)?

    /// A policy. Its fields are checked when it is used: a bad one makes the call throw `invalidRetryPolicy`.
    public init(
        maxAttempts: Int, firstInterval: Duration = .seconds(1), backoffCoefficient: Double = 1,
        maxInterval: Duration? = nil, timeout: Duration? = nil, jitter: Double = 0,
        nonRetriableTypes: Set<String> = [], handle: (@Sendable (FailureDetails) throws -> Bool)? = nil,
        retryIf: (@Sendable (RetryAttempt) throws -> Bool)? = nil
    ) {
        self.maxAttempts = maxAttempts
        self.firstInterval = firstInterval
        self.backoffCoefficient = backoffCoefficient
        self.maxInterval = maxInterval
        self.timeout = timeout
        self.jitter = jitter
        self.nonRetriableTypes = nonRetriableTypes
        self.handle = handle
        self.retryIf = retryIf
    }

    private var longestInterval: Duration { maxInterval ?? max(.days(6), firstInterval) }

    func validate(file: StaticString, line: UInt) throws {
        func check(_ holds: Bool, _ rule: String) throws {
            if !holds { throw WarrenError(.invalidRetryPolicy, "Retry policy: \(rule).", file: file, line: line) }
        }
        try check(maxAttempts >= 1, "maxAttempts is \(maxAttempts); it must be 1 or more")
        try check(firstInterval > .zero, "firstInterval is \(firstInterval); it must be more than zero")
        try check(
            backoffCoefficient >= 1 && backoffCoefficient.isFinite,
            "backoffCoefficient is \(backoffCoefficient); it must be 1 or more")
        try check(
            longestInterval >= firstInterval || maxAttempts == 1,
            "maxInterval is \(longestInterval); it must not be less than firstInterval, \(firstInterval)")
        try check(
            timeout.map { $0 >= firstInterval } ?? true,
            "timeout is \(timeout ?? .zero); it must not be less than firstInterval, \(firstInterval)")
        try check((0...1).contains(jitter), "jitter is \(jitter); it must be from 0 to 1")
    }

    /// The delay after a failed attempt, attempts counted from 1.
    ///
    /// - Parameter seed: The seed of the jitter.
    func delay(afterAttempt attempt: Int, seed: UInt64) -> Duration {
        // Clamps first: a product of durations beyond their range traps.
        let (firstInterval, maxInterval) = (
            min(self.firstInterval, .longest), min(longestInterval, .longest)
        )
        var scale = 1.0
        let limit = maxInterval / firstInterval
        for _ in 1..<max(attempt, 1) where scale < limit { scale *= backoffCoefficient }
        let full = scale >= limit ? maxInterval : min(firstInterval * scale, maxInterval)
        guard jitter > 0 else { return full }
        var generator = SplitMix64(state: seed &+ UInt64(attempt))
        let share = Double(generator.next() >> 11) / Double(1 << 53)
        return full * (1 - jitter * share)
    }
}
