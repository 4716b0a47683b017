import WarrenSupport

/// The pauses of a host. Each takes up to half as much again as its limit, so that hosts do not act all at once.
extension Backoff {
    /// The pause before a message is published again: from 50 ms, doubled up to 2 s.
    static let publishing = Backoff(first: .milliseconds(50), ceiling: .seconds(2), jitter: 1...1.5)

    /// The pause before a partition's store is opened again: from 200 ms, doubled up to 30 s.
    static let reopening = Backoff(first: .milliseconds(200), ceiling: .seconds(30), jitter: 1...1.5)
}
