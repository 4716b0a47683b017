/// Goods to set aside.
struct Reservation: Codable, Sendable {
    /// Recognises a repeated reservation.
    var key: String
    var item: String
    var quantity: Int
}
