/// Decides which publishes of a channel have waited too long for their confirms.
///
/// Brokers owe one confirm to each publish, but some never come while the channel works on: RabbitMQ 3.10.8 loses a
/// publish now and then that meets a quorum queue just as it begins to refuse, and confirms nothing while a queue has no
/// leader. Without a limit, the sender of such a message would wait as long as the connection lives.
struct ConfirmMonitor {
    /// The time for which the oldest publish may stay unconfirmed.
    let patience: Duration
    /// The number up to which publishes were settled at the last check.
    private var settledThrough: UInt64 = 0
    /// The time at which the present oldest publish was first seen as such; `nil` while there is none.
    private var since: ContinuousClock.Instant?
    /// The number of the last publish at that time.
    private var issuedThrough: UInt64 = 0

    init(patience: Duration) { self.patience = patience }

    /// The time at which `check` has to be called at the latest.
    var deadline: ContinuousClock.Instant? { since.map { $0 + patience } }

    /// Returns the number up to which open publishes have waited too long, if there are such.
    ///
    /// - Parameters:
    ///   - settledThrough: the number up to which all publishes are settled.
    ///   - issuedThrough: the number of the last publish.
    ///   - isBlocked: whether the broker reads nothing from the connection at present; that time does not count.
    mutating func check(
        settledThrough: UInt64, issuedThrough: UInt64, isBlocked: Bool, at now: ContinuousClock.Instant
    ) -> UInt64? {
        guard settledThrough < issuedThrough, !isBlocked else {
            since = nil
            return nil
        }
        guard let begin = since, settledThrough == self.settledThrough else {
            self.settledThrough = settledThrough
            self.issuedThrough = issuedThrough
            since = now
            return nil
        }
        return now >= begin + patience ? self.issuedThrough : nil
    }
}
