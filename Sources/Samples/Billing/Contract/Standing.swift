#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The custom status of a subscription.
struct Standing: Codable, Sendable, Equatable {
    enum Phase: String, Codable {
        case trial, collecting, active
    }

    var phase: Phase
    /// What this month was ordered with.
    var plan: Plan
    /// When the next month begins.
    var until: Date
}
