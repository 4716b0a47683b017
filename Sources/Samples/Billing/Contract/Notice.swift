/// What a customer is told.
struct Notice: Codable, Sendable {
    var customer: String
    var words: String
}
