extension Duration {
    /// The duration in whole nanoseconds, at most what fits; 0 if it is negative.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The duration in seconds.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension ContinuousClock.Instant {
    /// The nanoseconds that have passed since this instant.
    package var nanosecondsAgo: Int64 { (ContinuousClock.now - self).nanoseconds }
}
