import Warren

/// The entities of the world that keeps its state in entities. The key of each is the user's name, as instance IDs have it,
/// except for the counter's.
enum DungeonEntities {
    static let user = Entity<UserState>("User")
    static let monster = Entity<MonsterState>("Monster")
    static let room = Entity<RoomState>("Room")
    static let inventory = Entity<InventoryState>("InventoryList")
    /// Counts the users with a game under way: `newuser`, `done`.
    static let counter = Entity<Int>("UserCounter")
    /// The key of the only counter.
    static let counterKey = "User"

    enum Users {
        /// Makes the user; `false` if there is one already.
        static let new = user.operation("new", returning: Bool.self)
        static let look = user.operation("look", returning: UserState.self)
        static let enter = user.operation("enter", String.self)
        static let take = user.operation("take", String.self)
        static let kill = user.operation("kill")
    }

    enum Monsters {
        /// Makes the monster, and returns its name.
        static let new = monster.operation("new", returning: String.self)
        static let look = monster.operation("look", returning: MonsterState.self)
        static let enter = monster.operation("enter", String.self)
        static let hold = monster.operation("hold", String.self)
        /// Ends the monster's life, and returns what it drops.
        static let kill = monster.operation("kill", returning: [String].self)
    }

    enum Rooms {
        /// Makes the room, and returns its name.
        static let new = room.operation("new", returning: String.self)
        static let look = room.operation("look", returning: RoomState.self)
        static let admit = room.operation("admit", String.self)
        static let put = room.operation("put", String.self)
        static let take = room.operation("take", String.self)
    }

    enum Inventories {
        /// Makes the weapon and the treasure, and returns both.
        static let new = inventory.operation("new", returning: [Item].self)
        static let look = inventory.operation("look", returning: [Item].self)
        static let move = inventory.operation("move", ItemPlace.self)
    }

    static let countNewUser = counter.operation("newuser")
    static let countDone = counter.operation("done")
}

/// A user.
struct UserState: EntityState, Hashable {
    var isMade = false
    var isAlive = true
    var currentRoom: String?
    var inventoryItems: [String] = []
}

/// A user's monster; without a name it is not made yet.
struct MonsterState: EntityState, Hashable {
    var name: String?
    var isAlive = true
    var currentRoom: String?
    var inventoryItems: [String] = []
}

/// A user's room; without a name it is not made yet.
struct RoomState: EntityState, Hashable {
    var name: String?
    var description = ""
    var monster: String?
    var inventoryItems: [String] = []
}

/// The weapon and the treasure of a user's game.
struct InventoryState: EntityState, Hashable {
    var items: [Item] = []
}

/// Where an item is from now on.
struct ItemPlace: Codable, Sendable, Hashable {
    var item: String
    var monster: String?
    var room: String?
}
