import Warren

/// Fan-out, fan-in: makes a user's world, all of it at once, then asks the user to confirm.
func runUserParallelWorkflow(_ context: OrchestrationContext, _ user: String, in world: some GameWorld) async throws {
    try await world.make(for: user, context)
    try await context.call(Dungeon.userConfirmation, user, id: GameID.userConfirmation(user))
}
