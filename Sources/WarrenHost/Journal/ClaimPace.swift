import Warren

/// How fast one host after the other claims a partition that the one before had not released: their processes may die over
/// what they find.
struct ClaimPace: Sendable {
    /// The time after a claim within which another one is hasty.
    private static let shortOwnership = Duration.seconds(60)
    /// The number of hasty claims in a row from which on hosts are careful.
    private static let few = 2

    private var hasty = 0
    private var last: Timestamp?

    /// Takes a claim that counts.
    ///
    /// - Parameter isRenewal: whether it is of the host that owned the partition before, which is alive.
    mutating func note(at time: Timestamp, isRenewal: Bool, wasReleased: Bool) {
        guard !isRenewal else { return }
        hasty = isHasty(at: time, wasReleased) ? hasty + 1 : 0
        last = time
    }

    /// Whether a claim at this time is one of several hasty ones.
    func isAlarming(at time: Timestamp, wasReleased: Bool) -> Bool {
        isHasty(at: time, wasReleased) && hasty + 1 >= Self.few
    }

    private func isHasty(at time: Timestamp, _ wasReleased: Bool) -> Bool {
        !wasReleased && last.map { time.duration(since: $0) < Self.shortOwnership } ?? false
    }
}
