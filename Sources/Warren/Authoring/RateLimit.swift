import WarrenSupport

/// A number of beginnings in a time, evenly spread, after a burst.
public struct RateLimit: Sendable, Hashable {
    /// The number of calls that may begin in each `period`.
    public var count: Int
    /// The time for `count` calls.
    public var period: Duration
    /// The number of calls that may begin together after a pause.
    public var burst: Int

    /// A rate.
    ///
    /// - Parameters:
    ///   - count: the number of calls that may begin in each period, from 1 to a million.
    ///   - period: from a millisecond to 365 days.
    ///   - burst: the number of calls that may begin together after a pause, from 1 to a million; `nil` for one.
    public init(_ count: Int, per period: Duration, burst: Int? = nil) {
        self.count = count
        self.period = period
        self.burst = burst ?? 1
    }

    /// The time between two beginnings, in microseconds.
    package var interval: Int64 { max(1, period.wholeMicroseconds / Int64(max(1, count))) }

    package var problem: String? {
        guard (1...Self.most).contains(count) else {
            return "The count of the rate is \(count); it has to be from 1 to \(Self.most)."
        }
        guard period >= .milliseconds(1), period <= .seconds(365 * 24 * 3600) else {
            return "The period of the rate is \(period); it has to be from a millisecond to 365 days."
        }
        guard (1...Self.most).contains(burst) else {
            return "The burst of the rate is \(burst); it has to be from 1 to \(Self.most)."
        }
        return nil
    }

    private static let most = 1_000_000
}
