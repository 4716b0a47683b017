#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Dates with the lengths of time that Swift has now, so that `context.now + .minutes(2)` says what it means.
extension Date {
    /// A date, and so much later.
    public static func + (date: Date, duration: Duration) -> Date {
        Timestamp(date).advanced(by: duration).date
    }

    /// A date, and so much earlier.
    public static func - (date: Date, duration: Duration) -> Date {
        Timestamp(date).advanced(by: .zero - duration).date
    }
}
