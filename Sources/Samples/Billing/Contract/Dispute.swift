/// A payment that a customer disputes.
struct Dispute: Codable, Sendable {
    var customer: String
    var payment: Settlement
    var complaint: String
}
