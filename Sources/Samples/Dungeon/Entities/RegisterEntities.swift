import Warren

/// Gives the operations of the entities their bodies. An operation changes its own entity and nothing else; what it makes by
/// chance is made once, because its state and its answer become durable together.
func registerEntities(with registrar: some FunctionRegistrar) {
    registerUsers(with: registrar)
    registerMonsters(with: registrar)
    registerRooms(with: registrar)
    registerInventories(with: registrar)
    registrar.register(DungeonEntities.counter) { count, call, _ -> Int in
        let known = count ?? 0
        count = known + (call.isNamed("newuser") ? 1 : call.isNamed("done") ? -1 : 0)
        return count ?? 0
    }
}

private func registerUsers(with registrar: some FunctionRegistrar) {
    typealias Users = DungeonEntities.Users
    registrar.register(Users.new) { user, _ in
        if user.isMade { return false }
        user.isMade = true
        return true
    }
    registrar.register(Users.look) { user, context in
        // A question about a user who does not exist leaves nothing behind.
        if !user.isMade { context.deleteState() }
        return user
    }
    registrar.register(Users.enter) { user, room, _ in user.currentRoom = room }
    registrar.register(Users.take) { user, item, _ in user.inventoryItems.append(item) }
    registrar.register(Users.kill) { user, _ in user.isAlive = false }
}

private func registerMonsters(with registrar: some FunctionRegistrar) {
    typealias Monsters = DungeonEntities.Monsters
    registrar.register(Monsters.new) { monster, _ in
        let name = monster.name ?? Words.monster()
        monster.name = name
        return name
    }
    registrar.register(Monsters.look) { monster, _ in monster }
    registrar.register(Monsters.enter) { monster, room, _ in monster.currentRoom = room }
    registrar.register(Monsters.hold) { monster, item, _ in monster.inventoryItems.append(item) }
    registrar.register(Monsters.kill) { monster, _ in
        monster.isAlive = false
        defer { monster.inventoryItems = [] }
        return monster.inventoryItems
    }
}

private func registerRooms(with registrar: some FunctionRegistrar) {
    typealias Rooms = DungeonEntities.Rooms
    registrar.register(Rooms.new) { room, _ in
        if let name = room.name { return name }
        let made = Words.room()
        room = RoomState(name: made.name, description: made.description)
        return made.name
    }
    registrar.register(Rooms.look) { room, _ in room }
    registrar.register(Rooms.admit) { room, monster, _ in room.monster = monster }
    registrar.register(Rooms.put) { room, item, _ in room.inventoryItems.append(item) }
    registrar.register(Rooms.take) { room, item, _ in room.inventoryItems.removeAll { $0 == item } }
}

private func registerInventories(with registrar: some FunctionRegistrar) {
    typealias Inventories = DungeonEntities.Inventories
    registrar.register(Inventories.new) { inventory, _ in
        if inventory.items.isEmpty {
            inventory.items = [
                Item(name: Words.weapon(), isTreasure: false), Item(name: Words.treasure(), isTreasure: true),
            ]
        }
        return inventory.items
    }
    registrar.register(Inventories.look) { inventory, _ in inventory.items }
    registrar.register(Inventories.move) { inventory, place, _ in
        for index in inventory.items.indices where inventory.items[index].name == place.item {
            inventory.items[index].monster = place.monster
            inventory.items[index].room = place.room
        }
    }
}
