/// What a player can do.
enum Move: Sendable, Hashable {
    case confirm
    case get(String)
    case kill(String, with: String)
    /// Stops playing.
    case leave

    /// Reads what was typed: `confirm`, `get T`, `kill M with W` or `leave`; `nil` if it is none of these.
    init?(typed text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        let rest = words.dropFirst().joined(separator: " ")
        switch words.first?.lowercased() {
        case "confirm" where rest.isEmpty: self = .confirm
        case "leave" where rest.isEmpty: self = .leave
        case "get" where !rest.isEmpty: self = .get(rest)
        case "kill":
            guard let with = words.dropFirst().lastIndex(of: "with"), with > 1, with < words.count - 1 else {
                return nil
            }
            self = .kill(words[1..<with].joined(separator: " "), with: words[(with + 1)...].joined(separator: " "))
        default: return nil
        }
    }
}
