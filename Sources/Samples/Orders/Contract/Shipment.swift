/// Goods to send.
struct Shipment: Codable, Sendable {
    /// Recognises a repeated shipment.
    var key: String
    var address: String
}
