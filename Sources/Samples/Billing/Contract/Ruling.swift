/// The result of a dispute.
struct Ruling: Codable, Sendable, Equatable {
    /// Whether somebody decided; if nobody did in time, the customer is right.
    var isDecided: Bool
    /// What was given back, in cents.
    var refunded: Int
}
