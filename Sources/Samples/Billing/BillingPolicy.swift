import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rules of billing. A subscription under way goes on by the rules of the code that runs it; a timer that has begun
/// keeps its time.
struct BillingPolicy: Sendable {
    /// The length of a day. A shorter one is for trying the sample out: then a month has 30 of them.
    var day = Duration.days(1)
    var trialDays = 14
    /// The days to wait after each attempt that fails. After one attempt more, the invoice is given up.
    var dunningDays = [3, 5, 7]
    /// How long the support may take to decide on a dispute.
    var disputeDays = 7
    /// How often a charge is tried that failed for a reason which may pass.
    var bank = RetryPolicy(maxAttempts: 5, firstInterval: .seconds(1), backoffCoefficient: 2)
    /// How often a mail is tried.
    var mail = RetryPolicy(maxAttempts: 3, firstInterval: .seconds(1), backoffCoefficient: 2)
    /// What is undone has to be undone: it is tried for a day.
    var undoing = RetryPolicy(
        maxAttempts: 100, firstInterval: .seconds(1), backoffCoefficient: 2, maxInterval: .minutes(15),
        timeout: .days(1))

    /// The end of a period. Each is counted from the first, not from the one before, so that a subscription of the 31st is
    /// due on the 31st again after a shorter month.
    func end(of progress: Progress) -> Date {
        let firstMonth = progress.began + day * trialDays
        let fixed = firstMonth + day * 30 * progress.month
        guard day == .days(1) else { return fixed }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(byAdding: .month, value: progress.month, to: firstMonth) ?? fixed
    }
}
