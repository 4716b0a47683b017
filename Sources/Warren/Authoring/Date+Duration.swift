#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Dates with the lengths of time that Swift has now, so that `context.now + .minutes(2)` says what it means.
extension Date {
    /// A date, and so much later; clamped to the years -290308 to 294247.
    public static func + (date: Date, duration: Duration) -> Date {
        Timestamp(date).advanced(by: duration).date
    }

    /// A date, and so much earlier; clamped likewise.
    public static func - (date: Date, duration: Duration) -> Date {
        Timestamp(date).moved(backBy: duration).date
    }
}
