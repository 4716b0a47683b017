/// Money to take: `{"key":"…","card":"visa","amount":9800}`.
struct Charge: Codable, Sendable {
    /// Recognises a repeated charge.
    var key: String
    var card: String
    /// In cents.
    var amount: Int
}
