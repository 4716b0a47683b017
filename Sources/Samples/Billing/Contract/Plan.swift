/// What a customer subscribes to: `"basic"` or `"pro"`.
enum Plan: String, Codable, CaseIterable, Sendable {
    case basic, pro

    /// The price of a month, in cents.
    var price: Int {
        switch self {
        case .basic: 900
        case .pro: 2900
        }
    }
}
