#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Adds durations to dates, so that `context.now + .minutes(2)` compiles.
extension Date {
    /// The date moved later by a duration; clamped to the years -290308 to 294247.
    public static func + (date: Date, duration: Duration) -> Date {
        Timestamp(date).advanced(by: duration).date
    }

    /// The date moved earlier by a duration; clamped likewise.
    public static func - (date: Date, duration: Duration) -> Date {
        Timestamp(date).moved(backBy: duration).date
    }
}
