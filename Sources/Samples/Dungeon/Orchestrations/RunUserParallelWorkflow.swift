import Warren

/// Fan-out, fan-in: makes a user's world, all of it at once, then asks the user to confirm.
func runUserParallelWorkflow(_ context: OrchestrationContext, _ user: String) async throws {
    _ = try await context.all([
        context.start(Dungeon.createUser, user),
        context.start(Dungeon.createMonster, user),
        context.start(Dungeon.createRoom, user),
        context.start(Dungeon.createInventory, user),
    ])
    try await context.call(Dungeon.userConfirmation, user, id: GameID.userConfirmation(user))
}
