import Warren

/// The world in which users, monsters, rooms and inventories are entities. Orchestrations call their operations; a deed that
/// concerns several has all of them locked, so that no other deed comes in between.
struct EntityWorld: GameWorld {
    private typealias Users = DungeonEntities.Users
    private typealias Monsters = DungeonEntities.Monsters
    private typealias Rooms = DungeonEntities.Rooms
    private typealias Inventories = DungeonEntities.Inventories

    func admit(_ command: UserCommand, _ context: OrchestrationContext) async throws -> Reply {
        guard let user = command.name, !user.isBlank else {
            context.tell("An attempt to create a user with no name was made.")
            return .refused("User name is required.")
        }
        guard !GameID.isTooLong(user) else {
            context.tell("An attempt to create a user with a name of \(user.utf8.count) bytes was made.")
            return .refused("User name is too long.")
        }
        // An entity does one thing at a time: of two commands at the same moment only one makes the user.
        guard try await context.call(Users.new, on: GameID.escaped(user)) else {
            context.tell("Attempt to add duplicate user \(user) failed.")
            return .refused("Duplicate username is not allowed.")
        }
        try context.signal(DungeonEntities.countNewUser, on: DungeonEntities.counterKey)
        return .ok
    }

    func findConfirmation(_ question: ConfirmationQuestion, _ context: OrchestrationContext) async throws -> Reply {
        guard let user = question.name, !user.isBlank else {
            context.tell("An attempt to confirm a user with no name was made.")
            return .refused("User name is required.")
        }
        guard !GameID.isTooLong(user), try await context.call(Users.look, on: GameID.escaped(user)).isMade else {
            context.tell("Attempt to confirm missing user \(user) failed.")
            return .refused("Username does not exist.")
        }
        return try await context.call(Dungeon.isConfirmationOpen, question) ? .ok : .notFound
    }

    func make(for user: String, _ context: OrchestrationContext) async throws {
        let key = GameID.escaped(user)
        async let monster = context.call(Monsters.new, on: key)
        async let room = context.call(Rooms.new, on: key)
        async let items = context.call(Inventories.new, on: key)
        context.tell("Look out! \(try await monster) is now stalking \(user)!")
        context.tell("\(try await room) has been prepared for \(user)!")
        let names = try await items.map(\.name).joined(separator: " and ")
        context.tell("A \(names) have been added for user \(user)!")
    }

    func furnish(for user: String, _ context: OrchestrationContext) async throws {
        let key = GameID.escaped(user)
        try await context.withLock(on: entities(of: key)) {
            let room = try await context.call(Rooms.look, on: key)
            let place = room.name ?? ""
            try await context.call(Users.enter, place, on: key)
            context.tell("\(user) looks around: \(room.description)")

            let items = try await context.call(Inventories.look, on: key)
            for item in items where !item.isTreasure {
                try await put(item.name, into: place, key, context)
                context.tell("\(user) sees a \(item.name) inside the room!")
            }

            let monster = try await context.call(Monsters.look, on: key).name ?? ""
            try await context.call(Monsters.enter, place, on: key)
            try await context.call(Rooms.admit, monster, on: key)
            context.tell("\(user) notices a \(monster) in \(place).")

            for item in items where item.isTreasure {
                try await context.call(Monsters.hold, item.name, on: key)
                try await context.call(Inventories.move, ItemPlace(item: item.name, monster: monster), on: key)
                context.tell("\(user) notices a \(monster) with a \(item.name).")
            }
        }
    }

    func kill(_ user: String, _ context: OrchestrationContext) async throws {
        try await context.call(Users.kill, on: GameID.escaped(user))
        context.tell("Unfortunately user \(user) died from waiting too long!")
        try context.signal(DungeonEntities.countDone, on: DungeonEntities.counterKey)
    }

    func isDecided(for user: String, _ context: OrchestrationContext) async throws -> Bool {
        let key = GameID.escaped(user)
        let player = try await context.call(Users.look, on: key)
        let items = try await context.call(Inventories.look, on: key)
        guard let treasure = items.first(where: \.isTreasure) else { return false }
        guard player.isAlive else {
            context.tell("\(user) has died.")
            return true
        }
        let hasTreasure = player.inventoryItems.contains(treasure.name)
        context.tell(
            hasTreasure ? "\(user) has the treasure." : "\(user) is alive but has not found the treasure.")
        return hasTreasure
    }

    func noteVictory(of user: String, _ context: OrchestrationContext) async throws {
        try context.signal(DungeonEntities.countDone, on: DungeonEntities.counterKey)
    }

    /// The entities of a game.
    func entities(of key: String) -> [EntityID] {
        [
            DungeonEntities.user[key], DungeonEntities.monster[key], DungeonEntities.room[key],
            DungeonEntities.inventory[key],
        ]
    }

    /// Puts an item on the floor of a room. The entities are locked.
    func put(_ item: String, into room: String, _ key: String, _ context: OrchestrationContext) async throws {
        try await context.call(Rooms.put, item, on: key)
        try await context.call(Inventories.move, ItemPlace(item: item, room: room), on: key)
    }
}

extension OrchestrationContext {
    /// Prints a line. What strangers put into it is cut to a bearable length, as in the other world.
    func tell(_ line: String) {
        print(GameTransaction.bearable(line))
    }
}
