/// What a call of an activity states besides its name and input.
public struct TaskTerms: Sendable, Hashable {
    /// The number of the first attempt, if this is a later one of the same call.
    public var retryOf: Int?
    /// The number of the attempt under the call's retry policy, from 1.
    public var attempt: Int
    /// The time limits of the call.
    public var timeouts: ActivityTimeouts
    /// The share of `timeouts.total` that earlier attempts and the delays between them took.
    public var spent: Duration

    /// The terms of a call.
    public init(
        retryOf: Int? = nil, attempt: Int = 1, timeouts: ActivityTimeouts = .none, spent: Duration = .zero
    ) {
        self.retryOf = retryOf
        self.attempt = attempt
        self.timeouts = timeouts
        self.spent = spent
    }
}
