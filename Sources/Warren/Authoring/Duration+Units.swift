extension Duration {
    /// A number of minutes.
    public static func minutes(_ minutes: some BinaryInteger) -> Duration { .seconds(minutes) * 60 }

    /// A number of hours.
    public static func hours(_ hours: some BinaryInteger) -> Duration { .seconds(hours) * 3600 }

    /// A number of days of 24 hours.
    public static func days(_ days: some BinaryInteger) -> Duration { .seconds(days) * 86_400 }
}
