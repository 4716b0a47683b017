#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A point in time in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Integers, so that a time survives storage and replay exactly.
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

    /// This time as a date.
    public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// This time plus a duration, clamped to the range of the type.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return Timestamp(microseconds: seconds > 0 ? .max : .min) }
        let (sum, overflow2) = microseconds.addingReportingOverflow(scaled + attoseconds / 1_000_000_000_000)
        return Timestamp(microseconds: overflow2 ? (seconds > 0 ? .max : .min) : sum)
    }

    /// The time from another timestamp to this one.
    public func duration(since earlier: Timestamp) -> Duration {
        .microseconds(microseconds - earlier.microseconds)
    }

    /// Earlier comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}
