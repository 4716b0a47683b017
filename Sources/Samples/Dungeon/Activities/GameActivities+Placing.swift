import Warren

/// The activities that set a game up, and those that look at it or end it.
extension GameActivities {
    func placeUserInRoom(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            var player = try game.requireUser(user)
            let room = try game.requireRoom(of: user)
            player.currentRoom = room.name
            try game.update(player)
            game.print("\(user) looks around: \(room.description)")
        }
    }

    func placeInventoryInRoom(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            var room = try game.requireRoom(of: user)
            for var item in try game.items(of: user) where !item.isTreasure {
                item.room = room.name
                room.inventoryItems.append(item.name)
                try game.update(item, of: user)
                game.print("\(user) sees a \(item.name) inside the room!")
            }
            try game.update(room, of: user)
        }
    }

    func placeMonsterInRoom(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            var room = try game.requireRoom(of: user)
            var monster = try game.requireMonster(of: user)
            monster.currentRoom = room.name
            room.monster = monster.name
            try game.update(monster, of: user)
            try game.update(room, of: user)
            game.print("\(user) notices a \(monster.name) in \(room.name).")
        }
    }

    func placeInventoryOnMonster(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            var room = try game.requireRoom(of: user)
            var monster = try game.requireMonster(of: user)
            for var item in try game.items(of: user) where item.isTreasure {
                // Who was quick has killed it already. On a dead monster the treasure could never be found.
                if monster.isAlive {
                    item.monster = monster.name
                    monster.inventoryItems.append(item.name)
                } else {
                    item.room = room.name
                    room.inventoryItems.append(item.name)
                }
                try game.update(item, of: user)
                game.print("\(user) notices a \(monster.name) with a \(item.name).")
            }
            try game.update(monster, of: user)
            try game.update(room, of: user)
        }
    }

    func killUser(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            var player = try game.requireUser(user)
            player.isAlive = false
            try game.update(player)
            game.print("Unfortunately user \(user) died from waiting too long!")
        }
    }

    /// Looks whether the game is decided.
    func monitorUser(_ user: String, _ context: ActivityContext) async throws -> Bool {
        try await store.once(context) { game in
            let player = try game.requireUser(user)
            guard let treasure = try game.items(of: user).first(where: \.isTreasure) else { return false }
            guard player.isAlive else {
                game.print("\(user) has died.")
                return true
            }
            let hasTreasure = player.inventoryItems.contains(treasure.name)
            game.print(
                hasTreasure
                    ? "\(user) has the treasure." : "\(user) is alive but has not found the treasure.")
            return hasTreasure
        }
    }
}
