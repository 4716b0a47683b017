/// A moment on the monotonic clock.
struct Ticks: Sendable {
    private let instant: ContinuousClock.Instant

    static var now: Ticks { Ticks(instant: .now) }

    /// Milliseconds from this moment to a later one.
    func milliseconds(to end: Ticks = .now) -> Double {
        let parts = instant.duration(to: end.instant).components
        return Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15
    }
}
