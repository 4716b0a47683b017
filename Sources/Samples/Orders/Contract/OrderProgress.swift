/// The custom status of an order under way.
struct OrderProgress: Codable, Sendable, Equatable {
    enum Step: String, Codable {
        case reserving, awaitingApproval, charging, shipping, undoing, done
    }

    var step: Step
    /// The price in cents, once it is known.
    var total: Int?
}
