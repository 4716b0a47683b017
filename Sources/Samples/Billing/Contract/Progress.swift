#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How far a subscription has come.
struct Progress: Codable, Sendable, Equatable {
    /// When the trial began. Months are counted from its end, so that a late payment moves none of them.
    var began: Date
    /// 0 for the trial, then the number of the month.
    var month = 0
    /// The payments so far: how many, their sum in cents, and the newest, for a dispute.
    var payments = 0
    var paid = 0
    var lastPayment: Settlement?

    init(began: Date) {
        self.began = began
    }

    /// Counts a payment, if it was one.
    mutating func add(_ settlement: Settlement) {
        guard settlement.isPaid else { return }
        payments += 1
        paid += settlement.amount
        lastPayment = settlement
    }
}
