import WarrenClient

/// Where questions about games are answered, beside the orchestrations.
protocol GameBoard: Sendable {
    /// Where a user's game stands; `nil` if there is no such user.
    func status(of user: String) async throws -> GameStatus?
}

extension GameStore: GameBoard {
    func status(of user: String) async throws -> GameStatus? {
        try await read { try GameStatus(of: user, in: $0) }
    }
}

/// Reads the entities as they were committed last: what is on its way is not seen yet.
struct EntityBoard: GameBoard {
    let client: TaskHubClient

    func status(of user: String) async throws -> GameStatus? {
        guard !GameID.isTooLong(user) else { return nil }
        let key = GameID.escaped(user)
        async let monster = client.state(of: DungeonEntities.monster, key)
        async let room = client.state(of: DungeonEntities.room, key)
        async let inventory = client.state(of: DungeonEntities.inventory, key)
        async let active = client.state(of: DungeonEntities.counter, DungeonEntities.counterKey)
        guard let player = try await client.state(of: DungeonEntities.user, key), player.isMade else { return nil }
        return GameStatus(
            user: User(
                name: user, isAlive: player.isAlive, currentRoom: player.currentRoom,
                inventoryItems: player.inventoryItems),
            monster: try await monster.flatMap { monster in
                monster.name.map {
                    Monster(
                        name: $0, isAlive: monster.isAlive, currentRoom: monster.currentRoom,
                        inventoryItems: monster.inventoryItems)
                }
            },
            inventory: try await inventory?.items ?? [],
            room: try await room.flatMap { room in
                room.name.map {
                    Room(
                        name: $0, description: room.description, monster: room.monster,
                        inventoryItems: room.inventoryItems)
                }
            },
            activeUsers: try await active ?? 0)
    }
}
