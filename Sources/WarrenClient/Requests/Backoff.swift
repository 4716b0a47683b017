/// How long to wait before a message is published again: doubling, with full jitter, up to a bound.
struct Backoff: Sendable {
    private var ceiling: Duration
    private let maximum: Duration

    init(first: Duration = .milliseconds(100), maximum: Duration = .seconds(5)) {
        ceiling = first
        self.maximum = maximum
    }

    /// The next delay. Jitter keeps clients that lost the same broker from coming back in step.
    mutating func next() -> Duration {
        defer { ceiling = min(ceiling * 2, maximum) }
        return ceiling * Double.random(in: 0.5...1)
    }
}
