/// What a chain's function is given.
struct ChainLink: Codable, Sendable {
    /// The text that each function of the chain wraps.
    var value: String
    /// The function that is to fail, to see the chain undone; none if absent.
    var failAt: String?
}
