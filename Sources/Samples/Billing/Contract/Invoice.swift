/// One month to pay: `{"customer":"Ada","card":"visa","amount":900,"month":1}`.
struct Invoice: Codable, Sendable {
    var customer: String
    var card: String
    /// In cents.
    var amount: Int
    var month: Int
}
