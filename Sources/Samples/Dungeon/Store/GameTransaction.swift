import SampleDatabase

/// The game's tables within one transaction.
final class GameTransaction {
    /// What people are to read once the transaction is committed.
    private(set) var lines: [String] = []
    let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Prints a line when the transaction is committed. What strangers put into it is cut to a bearable length.
    func print(_ line: String) {
        lines.append(Self.bearable(line))
    }

    /// A line, cut to a bearable length.
    static func bearable(_ line: String) -> String {
        line.count > 500 ? line.prefix(500) + "…" : line
    }

    // MARK: Users

    /// Takes a name.
    ///
    /// - Returns: whether it was free.
    func claim(_ name: String) throws -> Bool {
        guard try user(name) == nil else { return false }
        return try database.execute("INSERT OR IGNORE INTO names (name) VALUES (?)", .text(name)) == 1
    }

    func user(_ name: String) throws -> User? {
        try database.query(
            "SELECT name, is_alive, current_room, inventory_items FROM users WHERE partition = ? AND name = ?",
            .text(User(name: name).partition), .text(name)
        ).first.map {
            User(name: $0.text(0), isAlive: $0.flag(1), currentRoom: $0.optionalText(2), inventoryItems: $0.list(3))
        }
    }

    func insert(_ user: User) throws {
        try database.execute(
            "INSERT INTO users (partition, name, is_alive, current_room, inventory_items) VALUES (?, ?, ?, ?, ?)",
            .text(user.partition), .text(user.name), .init(user.isAlive), .init(user.currentRoom),
            .list(user.inventoryItems))
    }

    func update(_ user: User) throws {
        try database.execute(
            "UPDATE users SET is_alive = ?, current_room = ?, inventory_items = ? WHERE partition = ? AND name = ?",
            .init(user.isAlive), .init(user.currentRoom), .list(user.inventoryItems), .text(user.partition),
            .text(user.name))
    }

    // MARK: Monsters

    func monster(of user: String) throws -> Monster? {
        try database.query(
            "SELECT name, is_alive, current_room, inventory_items FROM monsters WHERE user = ?", .text(user)
        ).first.map {
            Monster(name: $0.text(0), isAlive: $0.flag(1), currentRoom: $0.optionalText(2), inventoryItems: $0.list(3))
        }
    }

    func insert(_ monster: Monster, of user: String) throws {
        try database.execute(
            "INSERT INTO monsters (user, name, is_alive, current_room, inventory_items) VALUES (?, ?, ?, ?, ?)",
            .text(user), .text(monster.name), .init(monster.isAlive), .init(monster.currentRoom),
            .list(monster.inventoryItems))
    }

    func update(_ monster: Monster, of user: String) throws {
        try database.execute(
            "UPDATE monsters SET is_alive = ?, current_room = ?, inventory_items = ? WHERE user = ?",
            .init(monster.isAlive), .init(monster.currentRoom), .list(monster.inventoryItems), .text(user))
    }

    // MARK: Rooms

    func room(of user: String) throws -> Room? {
        try database.query(
            "SELECT name, description, monster, inventory_items FROM rooms WHERE user = ?", .text(user)
        ).first.map {
            Room(
                name: $0.text(0), description: $0.text(1), monster: $0.optionalText(2), inventoryItems: $0.list(3))
        }
    }

    func insert(_ room: Room, of user: String) throws {
        try database.execute(
            "INSERT INTO rooms (user, name, description, monster, inventory_items) VALUES (?, ?, ?, ?, ?)",
            .text(user), .text(room.name), .text(room.description), .init(room.monster), .list(room.inventoryItems))
    }

    func update(_ room: Room, of user: String) throws {
        try database.execute(
            "UPDATE rooms SET monster = ?, inventory_items = ? WHERE user = ?",
            .init(room.monster), .list(room.inventoryItems), .text(user))
    }

    // MARK: Inventory

    func items(of user: String) throws -> [Item] {
        try database.query(
            "SELECT name, monster, room, is_treasure FROM inventory WHERE user = ? ORDER BY is_treasure, name",
            .text(user)
        ).map {
            Item(name: $0.text(0), monster: $0.optionalText(1), room: $0.optionalText(2), isTreasure: $0.flag(3))
        }
    }

    func insert(_ item: Item, of user: String) throws {
        try database.execute(
            "INSERT INTO inventory (user, name, monster, room, is_treasure) VALUES (?, ?, ?, ?, ?)",
            .text(user), .text(item.name), .init(item.monster), .init(item.room), .init(item.isTreasure))
    }

    func update(_ item: Item, of user: String) throws {
        try database.execute(
            "UPDATE inventory SET monster = ?, room = ? WHERE user = ? AND name = ?",
            .init(item.monster), .init(item.room), .text(user), .text(item.name))
    }

    // MARK: What must be there

    func requireUser(_ name: String) throws -> User {
        guard let user = try user(name) else { throw NotInGame(what: "user", user: name) }
        return user
    }

    func requireMonster(of user: String) throws -> Monster {
        guard let monster = try monster(of: user) else { throw NotInGame(what: "monster", user: user) }
        return monster
    }

    func requireRoom(of user: String) throws -> Room {
        guard let room = try room(of: user) else { throw NotInGame(what: "room", user: user) }
        return room
    }
}

/// Something that a workflow needs has not been made, or not yet.
struct NotInGame: Error, CustomStringConvertible {
    let what: String
    let user: String
    var description: String { "There is no \(what) in the game of '\(user)'" }
}

extension Database.Value {
    static func list(_ names: [String]) -> Database.Value { .text(names.joined(separator: ",")) }
}

extension Row {
    func list(_ column: Int) -> [String] { text(column).split(separator: ",").map { String($0) } }
}
