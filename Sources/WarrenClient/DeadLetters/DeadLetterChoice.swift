package import WarrenMessaging

/// Selects dead letters.
package enum DeadLetterChoice: Sendable, Hashable {
    case ids(Set<String>)
    case reason(String)
    case all

    /// Whether a letter is selected.
    package func contains(_ letter: DeadLetterEntry) -> Bool {
        switch self {
        case .ids(let ids): ids.contains(letter.id)
        case .reason(let reason): letter.reason == reason
        case .all: true
        }
    }
}
