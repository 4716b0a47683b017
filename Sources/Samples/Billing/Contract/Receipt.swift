/// What the customer gets for the money.
struct Receipt: Codable, Sendable {
    var customer: String
    /// The number that the bank gave the charge.
    var number: String
    /// In cents.
    var amount: Int
}
