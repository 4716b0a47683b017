/// A user, as `GameStatus` shows it.
struct User: Sendable, Hashable {
    var name: String
    var isAlive = true
    var currentRoom: String?
    var inventoryItems: [String] = []

    /// What users are grouped by in the table.
    var partition: String { name.first?.uppercased() ?? "" }
}

/// The monster of a user.
struct Monster: Sendable, Hashable {
    var name: String
    var isAlive = true
    var currentRoom: String?
    var inventoryItems: [String] = []
}

/// The room of a user.
struct Room: Sendable, Hashable {
    var name: String
    var description: String
    var monster: String?
    var inventoryItems: [String] = []
}

/// A weapon or a treasure of a user's game. It is on a monster, in a room, or with neither: then its user has it, or it
/// has not been placed yet.
struct Item: Codable, Sendable, Hashable {
    var name: String
    var monster: String?
    var room: String?
    var isTreasure: Bool
}
