/// The input of each generation: what the customer has ordered, and how far it has come.
///
/// A publisher gives the first three: `{"customer":"Ada","card":"visa","plan":"basic"}`.
struct Subscription: Codable, Sendable, Equatable {
    var customer: String
    /// Any text. `declined` is refused, `flaky` works at the third attempt, `down` never.
    var card: String
    var plan: Plan
    /// What one generation leaves to the next; absent at the start.
    var progress: Progress?
}
