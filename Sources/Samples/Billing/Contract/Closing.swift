/// How a subscription ended.
struct Closing: Codable, Sendable, Equatable {
    enum Reason: String, Codable {
        /// The customer's wish.
        case cancelled
        /// No card worked, and the last day for a new one is over.
        case unpaid
    }

    var reason: Reason
    /// What the customer said.
    var words: String?
    /// How many months were paid.
    var months: Int
    /// How much that was, in cents.
    var paid: Int
}
