/// That money was taken.
struct Receipt: Codable, Sendable, Equatable {
    /// The receipt's number.
    var receipt: String
    /// In cents.
    var amount: Int
}
