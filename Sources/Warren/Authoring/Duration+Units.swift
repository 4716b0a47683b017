extension Duration {
    /// A number of minutes; beyond 292 billion years it is clamped.
    public static func minutes(_ minutes: some BinaryInteger) -> Duration { whole(minutes, of: 60) }

    /// A number of hours; beyond 292 billion years it is clamped.
    public static func hours(_ hours: some BinaryInteger) -> Duration { whole(hours, of: 3600) }

    /// A number of days of 24 hours; beyond 292 billion years it is clamped.
    public static func days(_ days: some BinaryInteger) -> Duration { whole(days, of: 86_400) }

    private static func whole(_ count: some BinaryInteger, of seconds: Int64) -> Duration {
        let (product, overflow) = Int64(clamping: count).multipliedReportingOverflow(by: seconds)
        return .seconds(overflow ? (count > 0 ? Int64.max : .min) : product)
    }

    /// The longest duration by which a `Timestamp` can be moved: 292,000 years.
    package static let longest = Duration.microseconds(Int64.max)

    /// Microseconds, rounded towards zero and clamped to what an `Int64` holds.
    package var wholeMicroseconds: Int64 {
        // The comparisons come first: `components` traps beyond 292 billion years.
        if self >= .longest { return .max }
        if self <= .microseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// Milliseconds, rounded towards zero and clamped to what an `Int64` holds.
    package var wholeMilliseconds: Int64 {
        // The comparisons come first, as in `wholeMicroseconds`.
        if self >= .milliseconds(Int64.max) { return .max }
        if self <= .milliseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
