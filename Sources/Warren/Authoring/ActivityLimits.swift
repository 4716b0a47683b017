/// How much of one activity a task hub runs: over all hosts and workers, not in each process.
///
/// Calls beyond the limits wait with the partition that gives out the activity's permits, in the order of
/// ``CallOrder``, and not in the activity's queue. The limits are kept with the hub: they hold for workers in any language,
/// over crashes and moves, and can be changed while calls wait (`warren limits set`).
///
/// ```swift
/// host.limit(Payments.charge, to: ActivityLimits(concurrency: 20, rate: RateLimit(100, per: .seconds(60))))
/// ```
public struct ActivityLimits: Sendable, Hashable {
    /// The number of calls that workers may have at once; `nil` for any number. 0 stops the activity until the limit is
    /// raised.
    public var concurrency: Int?
    /// The number of calls that may begin in a time; `nil` for any number.
    public var rate: RateLimit?
    /// The time after which a call that waits may go ahead of calls with a higher priority: one permit in five is then
    /// given to the call that has waited longest.
    public var patience: Duration

    /// Limits; without any, calls are only counted.
    public init(concurrency: Int? = nil, rate: RateLimit? = nil, patience: Duration = .seconds(60)) {
        self.concurrency = concurrency
        self.rate = rate
        self.patience = patience
    }

    /// The fault of the limits; `nil` if they have none.
    package var problem: String? {
        if let concurrency, !(0...Self.mostAtOnce).contains(concurrency) {
            return "The limit 'concurrency' is \(concurrency); it has to be from 0 to \(Self.mostAtOnce)."
        }
        guard patience >= .zero, patience <= Self.longestPatience else {
            return "The limit 'patience' is \(patience); it has to be from 0 seconds to 365 days."
        }
        return rate?.problem
    }

    private static let mostAtOnce = 1_000_000
    private static let longestPatience = Duration.seconds(365 * 24 * 3600)
}
