/// What an invoice came to.
struct Settlement: Codable, Sendable, Equatable {
    /// The key of the charge, by which it can be refunded; absent if nothing was paid.
    var charge: String?
    /// What was paid, in cents.
    var amount = 0

    /// An invoice that was given up.
    static let unpaid = Settlement()
    var isPaid: Bool { charge != nil }
}
