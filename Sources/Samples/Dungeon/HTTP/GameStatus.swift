/// What `GameStatus` answers. What is not there yet is `null`, never left out.
struct GameStatus: Sendable, Hashable {
    var user: User
    var monster: Monster?
    var inventory: [Item]
    var room: Room?

    /// Where a user's game stands; `nil` if there is no such user.
    init?(of user: String, in game: GameTransaction) throws {
        guard let player = try game.user(user) else { return nil }
        self.user = player
        monster = try game.monster(of: user)
        inventory = try game.items(of: user)
        room = try game.room(of: user)
    }
}

extension GameStatus: Encodable {
    private enum Key: CodingKey { case user, monster, inventory, room }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(user, forKey: .user)
        try container.encode(monster, forKey: .monster)
        try container.encode(inventory, forKey: .inventory)
        try container.encode(room, forKey: .room)
    }
}

/// Somebody in the dungeon: users and monsters read alike.
private protocol Being: Encodable {
    var name: String { get }
    var isAlive: Bool { get }
    var currentRoom: String? { get }
    var inventoryItems: [String] { get }
}

extension User: Encodable, Being {}
extension Monster: Encodable, Being {}

private enum BeingKey: CodingKey { case name, isAlive, currentRoom, inventoryItems }

extension Being {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BeingKey.self)
        try container.encode(name, forKey: .name)
        try container.encode(isAlive, forKey: .isAlive)
        try container.encode(currentRoom, forKey: .currentRoom)
        try container.encode(inventoryItems, forKey: .inventoryItems)
    }
}

extension Room: Encodable {
    private enum Key: CodingKey { case name, description, monster, inventoryItems }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(description, forKey: .description)
        try container.encode(monster, forKey: .monster)
        try container.encode(inventoryItems, forKey: .inventoryItems)
    }
}

extension Item: Encodable {
    private enum Key: CodingKey { case name, monster, room, isTreasure }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(monster, forKey: .monster)
        try container.encode(room, forKey: .room)
        try container.encode(isTreasure, forKey: .isTreasure)
    }
}
