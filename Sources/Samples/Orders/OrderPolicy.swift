import Warren

/// The shop's rules. An order under way goes on by the rules of the code that runs it: a host with other rules should
/// have another hub.
struct OrderPolicy: Sendable {
    /// Above this price, in cents, somebody has to approve.
    var approvalAbove = 100_000
    /// How long they may take.
    var approvalTimeout = Duration.hours(24)
    /// How often a payment is tried that failed for a reason which may pass.
    var payment = RetryPolicy(maxAttempts: 5, firstInterval: .seconds(1), backoffCoefficient: 2)
    /// What is undone has to be undone: it is tried for a day.
    var undoing = RetryPolicy(
        maxAttempts: 100, firstInterval: .seconds(1), backoffCoefficient: 2, maxInterval: .minutes(15),
        timeout: .days(1))
}
