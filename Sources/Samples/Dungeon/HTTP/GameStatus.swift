/// What `GameStatus` answers, as the original does: what is not there yet is `null`, never left out; items are one text with
/// commas between them, empty for none, and the same as a list beside it.
struct GameStatus: Sendable, Hashable {
    var user: User
    var monster: Monster?
    var inventory: [Item]
    var room: Room?
    /// The number of users with a game under way; only in the world of entities.
    var activeUsers: Int?

    init(user: User, monster: Monster?, inventory: [Item], room: Room?, activeUsers: Int? = nil) {
        self.user = user
        self.monster = monster
        self.inventory = inventory
        self.room = room
        self.activeUsers = activeUsers
    }

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
    private enum Key: CodingKey { case user, monster, inventory, room, activeUsers }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(user, forKey: .user)
        try container.encode(monster, forKey: .monster)
        try container.encode(inventory.map { PlacedItem($0, held: user.inventoryItems) }, forKey: .inventory)
        try container.encode(room, forKey: .room)
        try container.encodeIfPresent(activeUsers, forKey: .activeUsers)
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

private enum BeingKey: CodingKey { case name, isAlive, currentRoom, inventoryItems, inventoryList }

extension Being {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BeingKey.self)
        try container.encode(name, forKey: .name)
        try container.encode(isAlive, forKey: .isAlive)
        try container.encode(currentRoom, forKey: .currentRoom)
        try container.encode(inventoryItems.joined(separator: ","), forKey: .inventoryItems)
        try container.encode(inventoryItems, forKey: .inventoryList)
    }
}

extension Room: Encodable {
    private enum Key: CodingKey { case name, description, monster, inventoryItems, inventoryList }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(description, forKey: .description)
        try container.encode(monster, forKey: .monster)
        try container.encode(inventoryItems.joined(separator: ","), forKey: .inventoryItems)
        try container.encode(inventoryItems, forKey: .inventoryList)
    }
}

/// An item, and where it is. A place that it has never been at is `null`, one that it was taken from is an empty text.
private struct PlacedItem: Encodable {
    private enum Key: CodingKey { case name, monster, room, isTreasure }

    private let item: Item
    /// Whether its user has it, so that it was in the room.
    private let isHeld: Bool

    init(_ item: Item, held: [String]) {
        self.item = item
        isHeld = held.contains(item.name)
    }

    func encode(to encoder: any Encoder) throws {
        // A treasure comes into the room from its monster.
        let wasWithMonster = item.isTreasure && (isHeld || item.room != nil)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(item.name, forKey: .name)
        try container.encode(item.monster ?? (wasWithMonster ? "" : nil), forKey: .monster)
        try container.encode(item.room ?? (isHeld ? "" : nil), forKey: .room)
        try container.encode(item.isTreasure, forKey: .isTreasure)
    }
}
