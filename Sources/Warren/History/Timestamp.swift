#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A point in time in whole microseconds since 1970-01-01T00:00:00Z.
///
/// It is an integer, so that a time survives storage and replay exactly.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
    /// Microseconds since 1970.
    public var microseconds: Int64

    /// A time from microseconds since 1970.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The nearest microsecond to a date; dates beyond the range of the type are clamped to it.
    public init(_ date: Date) {
        let value = (date.timeIntervalSince1970 * 1_000_000).rounded()
        microseconds = Int64(exactly: value) ?? (value > 0 ? .max : .min)
    }

    /// The nearest microsecond to a date; `nil` beyond the range of the type.
    package init?(exactly date: Date) {
        guard let value = Int64(exactly: (date.timeIntervalSince1970 * 1_000_000).rounded()) else { return nil }
        microseconds = value
    }

    /// This time as a date.
    public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// This time plus a duration, clamped to the range of the type.
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? (duration > .zero ? .max : .min) : sum)
    }

    /// This time minus a duration, clamped to the range of the type.
    package func moved(backBy duration: Duration) -> Timestamp {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(duration.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? (duration > .zero ? .min : .max) : difference)
    }

    /// The time from another timestamp to this one.
    public func duration(since earlier: Timestamp) -> Duration {
        // Two times are at most 600,000 years apart, and a duration holds trillions.
        .microseconds(microseconds) - .microseconds(earlier.microseconds)
    }

    /// Earlier comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}
