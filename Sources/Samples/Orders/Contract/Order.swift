/// What somebody orders: `{"item":"keyboard","quantity":2,"card":"visa","address":"1 Main Street"}`.
struct Order: Codable, Sendable {
    /// `cable`, `keyboard`, `monitor` or `server`.
    var item: String
    /// How many; 1 if absent.
    var quantity: Int?
    /// Any text. `declined` is refused, `flaky` works at the third attempt, `down` never.
    var card: String
    /// Any text but `nowhere`, where nothing can be sent.
    var address: String
}
