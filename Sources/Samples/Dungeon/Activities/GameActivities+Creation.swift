import Warren

/// The activities that make a user's world.
extension GameActivities {
    func createUser(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            try game.insert(User(name: user))
            game.print("Successfully created user \(user)")
        }
    }

    func createMonster(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            let monster = Monster(name: Words.monster())
            try game.insert(monster, of: user)
            game.print("Look out! \(monster.name) is now stalking \(user)!")
        }
    }

    func createRoom(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            let room = Words.room()
            try game.insert(room, of: user)
            game.print("\(room.name) has been prepared for \(user)!")
        }
    }

    func createInventory(_ user: String, _ context: ActivityContext) async throws {
        try await store.once(context) { game in
            let weapon = Item(name: Words.weapon(), isTreasure: false)
            let treasure = Item(name: Words.treasure(), isTreasure: true)
            try game.insert(weapon, of: user)
            try game.insert(treasure, of: user)
            game.print("A \(weapon.name) and \(treasure.name) have been added for user \(user)!")
        }
    }
}
