/// What an order came to.
struct OrderOutcome: Codable, Sendable, Equatable {
    enum Status: String, Codable {
        /// Paid and on its way.
        case shipped
        /// An expensive order that was rejected, or that nobody decided on.
        case cancelled
        /// Something went wrong: no stock, no money, no way to send it.
        case failed
    }

    var status: Status
    /// Why, unless it was shipped.
    var reason: String?
    /// What was charged, in cents, if it was shipped.
    var paid: Int?
    /// The parcel's number, if it was shipped.
    var tracking: String?
    /// What was taken back: `refunded`, `released`.
    var undone: [String] = []
}
