import Warren

/// The deeds of users, with the checks and the words of `GameActivities.perform`.
extension EntityWorld {
    private typealias Users = DungeonEntities.Users
    private typealias Monsters = DungeonEntities.Monsters
    private typealias Rooms = DungeonEntities.Rooms
    private typealias Inventories = DungeonEntities.Inventories

    func perform(_ command: ActionCommand, _ context: OrchestrationContext) async throws -> Deed {
        guard let name = command.name, !name.isBlank else {
            context.tell("An attempt to initiate an action with no name was made.")
            return Deed(reply: .refused("User name is required."))
        }
        let key = GameID.escaped(name)
        // Nobody can be locked who does not exist.
        guard !GameID.isTooLong(name), try await isAlive(key, context) else { return missing(name, context) }
        return try await context.withLock(on: entities(of: key)) {
            // The time to confirm may have run out before the lock.
            let user = try await context.call(Users.look, on: key)
            guard user.isAlive else { return missing(name, context) }
            switch command.action {
            case "get": return try await get(command.target, name, context)
            case "kill": return try await kill(command.target, with: command.with, name, user, context)
            default: return Deed(reply: .refused("I do not understand \(command.action ?? "")."))
            }
        }
    }

    private func isAlive(_ key: String, _ context: OrchestrationContext) async throws -> Bool {
        let user = try await context.call(Users.look, on: key)
        return user.isMade && user.isAlive
    }

    private func missing(_ name: String, _ context: OrchestrationContext) -> Deed {
        context.tell("Attempt to use missing or dead user \(name) failed.")
        return Deed(reply: .refused("Dead or missing username is not allowed."))
    }

    private func get(_ target: String?, _ name: String, _ context: OrchestrationContext) async throws -> Deed {
        guard let target, !target.isBlank else {
            context.tell("User \(name) tried to get nothing.")
            return Deed(reply: .refused("Target is required."))
        }
        let key = GameID.escaped(name)
        let room = try await context.call(Rooms.look, on: key)
        let items = try await context.call(Inventories.look, on: key)
        guard room.inventoryItems.contains(target), let item = items.first(where: { $0.name == target }) else {
            context.tell("User \(name) tried to get a \(target) that wasn't there.")
            return Deed(reply: .refused("Target not found."))
        }
        try await context.call(Rooms.take, target, on: key)
        try await context.call(Users.take, target, on: key)
        try await context.call(Inventories.move, ItemPlace(item: target), on: key)
        context.tell("User \(name) successfully grabbed \(target).")
        if item.isTreasure { context.tell("User \(name) nabbed the treasure.") }
        return Deed(reply: .ok, gotTreasure: item.isTreasure)
    }

    private func kill(
        _ target: String?, with weapon: String?, _ name: String, _ user: UserState, _ context: OrchestrationContext
    ) async throws -> Deed {
        guard let target, !target.isBlank else {
            context.tell("User \(name) tried to kill nothing.")
            return Deed(reply: .refused("Target is required."))
        }
        guard let weapon, !weapon.isBlank else {
            context.tell("User \(name) tried to kill \(target) with no weapon.")
            return Deed(reply: .refused("With is required."))
        }
        guard user.inventoryItems.contains(weapon) else {
            context.tell("User \(name) tried to use a non-existing \(weapon).")
            return Deed(reply: .refused("User doesn't have \(weapon)"))
        }
        let key = GameID.escaped(name)
        let monster = try await context.call(Monsters.look, on: key)
        let room = try await context.call(Rooms.look, on: key)
        guard monster.name == target, let place = room.name else {
            context.tell("User \(name) tried to kill a ghost named \(target).")
            return Deed(reply: .refused("\(target) not found."))
        }
        guard monster.isAlive else {
            context.tell("User \(name) tried to kill an already dead \(target).")
            return Deed(reply: .refused("\(target) is already dead."))
        }
        context.tell("User \(name) valiantly killed \(target) with \(weapon).")
        for item in try await context.call(Monsters.kill, on: key) {
            try await put(item, into: place, key, context)
            context.tell("User \(name) notices \(target) dropped a \(item).")
        }
        return Deed(reply: .ok, killedMonster: true)
    }
}
