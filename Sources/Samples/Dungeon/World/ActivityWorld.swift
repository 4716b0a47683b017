import Warren

/// The world that activities keep in a database.
struct ActivityWorld: GameWorld {
    func admit(_ command: UserCommand, _ context: OrchestrationContext) async throws -> Reply {
        try await context.call(Dungeon.admitUser, command)
    }

    func findConfirmation(_ question: ConfirmationQuestion, _ context: OrchestrationContext) async throws -> Reply {
        try await context.call(Dungeon.findConfirmation, question)
    }

    func perform(_ command: ActionCommand, _ context: OrchestrationContext) async throws -> Deed {
        try await context.call(Dungeon.perform, command)
    }

    func make(for user: String, _ context: OrchestrationContext) async throws {
        _ = try await context.all([
            context.start(Dungeon.createUser, user),
            context.start(Dungeon.createMonster, user),
            context.start(Dungeon.createRoom, user),
            context.start(Dungeon.createInventory, user),
        ])
    }

    func furnish(for user: String, _ context: OrchestrationContext) async throws {
        try await context.call(Dungeon.placeUserInRoom, user)
        try await context.call(Dungeon.placeInventoryInRoom, user)
        try await context.call(Dungeon.placeMonsterInRoom, user)
        try await context.call(Dungeon.placeInventoryOnMonster, user)
    }

    func kill(_ user: String, _ context: OrchestrationContext) async throws {
        try await context.call(Dungeon.killUser, user)
    }

    func isDecided(for user: String, _ context: OrchestrationContext) async throws -> Bool {
        // The user is being made while the monitor begins, so that the first look may come too early.
        let patience = RetryPolicy(maxAttempts: 5, firstInterval: .seconds(1), backoffCoefficient: 2)
        return try await context.call(Dungeon.monitorUser, user, retry: patience)
    }

    func noteVictory(of user: String, _ context: OrchestrationContext) async throws {}
}
