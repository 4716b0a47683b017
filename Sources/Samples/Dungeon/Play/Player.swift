/// Plays a game by what the console says, and knows nothing else. Pure: it hears lines and answers with moves.
struct Player {
    /// How a game ends for its player.
    enum End: Sendable, Hashable {
        case won
        case died
        /// There was no game: why.
        case refused(String)
    }

    let name: String
    /// Whether it lets the time run out.
    let loses: Bool
    /// How the game ended, once it has.
    private(set) var end: End?

    private var monster: String?
    private var weapon: String?

    init(name: String, loses: Bool = false) {
        self.name = name
        self.loses = loses
    }

    /// Takes a line in.
    ///
    /// - Returns: what to do about it.
    mutating func hear(_ line: String) -> Move? {
        if line.between("User \(name) now has ", " to confirm they are ready.") != nil { return loses ? nil : .confirm }
        if let weapon = line.between("\(name) sees a ", " inside the room!") { self.weapon = weapon }
        if let pair = line.between("\(name) notices a ", "."), let (monster, _) = pair.parted(at: " with a ") {
            // The last thing to be put in its place: from now on everything is there.
            self.monster = monster
            return weapon.map { .get($0) }
        }
        if let weapon, let monster, line == "User \(name) successfully grabbed \(weapon)." {
            return .kill(monster, with: weapon)
        }
        if let monster, let treasure = line.between("User \(name) notices \(monster) dropped a ", ".") {
            return .get(treasure)
        }
        switch line {
        case "\(name) has won the game!": end = .won
        case "\(name) has died.": end = .died
        case "Attempt to add duplicate user \(name) failed.":
            end = .refused("Somebody of this name has played already.")
        case "An attempt to create a user with no name was made.": end = .refused("A player needs a name.")
        case "An attempt to create a user with a name of \(name.utf8.count) bytes was made.":
            end = .refused("The name is too long.")
        default: break
        }
        return nil
    }
}

extension String {
    /// What is between a beginning and an end; `nil` if the text has not both.
    fileprivate func between(_ beginning: String, _ end: String) -> String? {
        guard hasPrefix(beginning), hasSuffix(end), utf8.count > beginning.utf8.count + end.utf8.count else {
            return nil
        }
        return String(dropFirst(beginning.count).dropLast(end.count))
    }

    /// What is before and after the first occurrence of a text.
    fileprivate func parted(at text: String) -> (String, String)? {
        guard let range = firstRange(of: text) else { return nil }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
