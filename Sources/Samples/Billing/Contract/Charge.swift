/// Money to take: `{"key":"…","card":"visa","amount":900}`.
struct Charge: Codable, Sendable {
    /// Recognises a repeated charge, and is how a refund finds it.
    var key: String
    var card: String
    /// In cents.
    var amount: Int
}
